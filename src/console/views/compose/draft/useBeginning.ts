import { useEffect } from 'preact/hooks';
import { ask } from '../../../api/request';
import type { Broadcast } from '../../../api/types';
import { place, refine } from '../../../app/router';
import { announce } from '../../../widgets/announce';
import { wordsOf } from '../../../widgets/looks';
import { change, startOver, type Draft } from './draft';

/** Begins with what another broadcast said, or with a list or template, as the address says. */
export function useBeginning(): void {
  const { query } = place.value;
  const [from, list, template] = ['from', 'list', 'template'].map((name) => query.get(name)) as [
    string | null,
    string | null,
    string | null,
  ];
  useEffect(() => {
    const left = new AbortController();
    if (list !== null) change({ lists: [list] });
    if (template !== null) change({ template });
    if (from === null) begun();
    else void copy(from, left.signal);
    return () => left.abort();
  }, [from, list, template]);
}

/** The address says it no longer: whoever comes back by it finds what they wrote since. */
function begun(): void {
  if (place.value.query.size > 0) refine({ from: null, list: null, template: null });
}

/** Nothing of an earlier draft goes along, and nothing of it can be sent while the other one is on its way. */
async function copy(id: string, signal: AbortSignal): Promise<void> {
  startOver();
  try {
    const broadcast = await ask<Broadcast>(`broadcast/${encodeURIComponent(id)}`, { signal });
    if (signal.aborted) return;
    startOver(draftOf(broadcast));
    begun();
  } catch (error) {
    if (!signal.aborted) announce(wordsOf(error), true);
  }
}

const draftOf = ({ name, text, sender, lists, exceptLists, topic }: Broadcast): Partial<Draft> => ({
  name: name ?? '',
  message: text ?? '',
  sender: sender ?? '',
  topic: topic ?? '',
  lists,
  exceptLists,
});
