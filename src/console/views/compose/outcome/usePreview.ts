import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../../api/request';
import type { Preview } from '../../../api/types';
import { draft, file } from '../draft/draft';
import { bodyOf, isComplete } from '../draft/submission';

export type Looked = {
  readonly preview: Preview | null;
  readonly error: unknown;
  /** Something has been typed since. */
  readonly isBusy: boolean;
};

const PAUSE_MS = 350;
/** A large file is handed over again for each look. */
const LARGE_BYTES = 2_000_000;
const PAUSE_LARGE_MS = 1500;

/** What would become of the draft, asked for a moment after the last change. The last figures stay until then. */
export function usePreview(): { looked: Signal<Looked>; refresh: () => void } {
  const looked = useSignal<Looked>({ preview: null, error: null, isBusy: false });
  const again = useSignal(0);
  const d = draft.value;
  const chosen = file.value;
  useEffect(() => {
    if (!isComplete(d, chosen)) {
      looked.value = { preview: null, error: null, isBusy: false };
      return;
    }
    looked.value = { ...looked.value, isBusy: true };
    const left = new AbortController();
    const pause = (chosen?.size ?? d.pasted.length) > LARGE_BYTES ? PAUSE_LARGE_MS : PAUSE_MS;
    const timer = setTimeout(() => {
      ask<Preview>('broadcast/preview', {
        method: 'POST',
        body: bodyOf(d, chosen),
        signal: left.signal,
        changesNothing: true,
      })
        .then((preview) => {
          looked.value = { preview, error: null, isBusy: false };
        })
        .catch((error: unknown) => {
          if (!left.signal.aborted) looked.value = { preview: null, error, isBusy: false };
        });
    }, pause);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [d, chosen, again.value]);
  return {
    looked,
    refresh() {
      again.value++;
    },
  };
}
