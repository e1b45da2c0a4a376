import type { Caller } from '../../domain/access/caller';
import type { Participation, PersonStore } from '../../store/reading/personStore';
import type { InboundStore } from '../../store/hearing/inboundStore';
import type { KeptMessage } from '../../store/hearing/inboundReview';
import type { ListStore } from '../../store/audience/listStore';
import type { OptOutStore } from '../../store/optOuts/optOutStore';
import type { Page } from '../../store/engine/page';
import { personOnListView } from '../views/listView';
import { changeView, inboundView, optOutView } from '../views/personView';
import { participationView } from '../views/recipientView';
import { iso } from '../views/time';

export type PersonExportDeps = {
  readonly people: PersonStore;
  readonly optOuts: Pick<OptOutStore, 'find' | 'historyOf'>;
  readonly inbound: Pick<InboundStore, 'list'>;
  readonly lists: Pick<ListStore, 'entriesOf'>;
};

const AT_ONCE = 1000;

/** All that is known of one person, by the canonical number, in one piece: what somebody who asks for their data is given. */
export async function exportPerson(
  { people, optOuts, inbound, lists }: PersonExportDeps,
  number: string,
  { at, caller }: { readonly at: number; readonly caller: Caller },
) {
  const whose = caller.ownOnly ? { creatorId: caller.id ?? '' } : {};
  const optOut = await optOuts.find(number);
  const history = optOut?.history ?? (await optOuts.historyOf(number));
  const texts = await all<KeptMessage>((after) => inbound.list({ limit: AT_ONCE, after, from: number }));
  const broadcasts = await all<Participation>((after) =>
    people.participations(number, { limit: AT_ONCE, after, ...whose }),
  );
  return {
    recipient: number,
    exportedAt: iso(at),
    optedOut: optOut !== null,
    optOut: optOut === null ? null : optOutView(optOut),
    history: history.map(changeView),
    lists: (await lists.entriesOf(number)).map(({ list, person }) => {
      const { to, ...fields } = personOnListView(person, list.fields);
      return { list: list.name, recipient: to, fields };
    }),
    inbound: texts.map(inboundView),
    broadcasts: broadcasts.map((one) => ({ ...participationView(one), text: one.text ?? one.broadcastText })),
  };
}

async function all<Item>(page: (after: number | null) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: number | null = null; ;) {
    const found = await page(after);
    items.push(...found.items);
    if (found.next === null) return items;
    after = found.next;
  }
}
