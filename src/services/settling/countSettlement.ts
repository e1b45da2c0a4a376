import {
  aroundLost,
  clustersOf,
  halfway,
  judgeSpan,
  spanOf,
  together,
  type Cluster,
  type CountedCall,
} from '../../domain/outcome/counting';
import { spread, type TimeSpan } from '../../domain/outcome/reconciliation';
import type { EvidenceStore, KnownCall } from '../../store/settling/evidenceStore';
import type { UnsettledBatch } from '../../store/settling/reconcileStore';
import type { BatchSearch } from './batchSearch';
import type { ClockDifference, Control } from './asking/controlCall';
import { filterOf } from './asking/inquiry';
import type { MessageList } from './asking/messageList';

export type CountSettlementDeps = {
  readonly evidence: EvidenceStore;
  readonly list: MessageList;
  readonly batchSearch: BatchSearch;
};

/** What counting says of batches; those it names nothing of are to be looked for by number. */
export type Count = { readonly taken: readonly UnsettledBatch[]; readonly absent: readonly UnsettledBatch[] };

/** Not known from an answered call: by how much the clocks may differ for a count to be tried. The sample finds out. */
const UNKNOWN_CLOCK: ClockDifference = { aheadMs: 0, slackMs: 1000 };
const clockOf = (control: Control) => (control.kind === 'shown' ? control.clock : null);
/** People who are asked for by number before a verdict on many batches is believed. */
const SAMPLE = 4;
/** Some of them may be numbers that Plivo refused before. */
const CANDIDATES = 2 * SAMPLE;

const NOTHING: Count = { taken: [], absent: [] };

/**
 * Settles many batches of one sender by a few requests, see `domain/outcome/counting.ts`. Whatever does not add up is left
 * open: other software on the account, a replaced sender, a list that lags or tells no total.
 */
export async function countBatches(
  deps: CountSettlementDeps,
  batches: readonly UnsettledBatch[],
  { calls, control }: { readonly calls: readonly KnownCall[]; readonly control: Control },
  signal: AbortSignal,
): Promise<Count> {
  // One person is found by one request anyway, and too easily counted wrong.
  const several = batches.filter(({ people }) => people > 1);
  const [first] = several;
  if (first === undefined || several.length < 2 || control.kind === 'missing') return NOTHING;
  // Counted by its own number, a sender shows nothing where the list gives another.
  if (control.kind === 'shown' && control.isSenderReplaced) return NOTHING;
  const { aheadMs, slackMs } = clockOf(control) ?? UNKNOWN_CLOCK;
  const clusters = clustersOf(countedCalls(calls, several), 2 * slackMs);

  const count: Counter = async ({ from, to }) => {
    const span = { from: Math.ceil(from + aheadMs), to: Math.floor(to + aheadMs) };
    const answer = await deps.list.find({ ...filterOf(first), ...span, toNumber: null, offset: 0 }, signal);
    return answer.kind === 'listed' ? answer.total : null;
  };
  const counted = await halve(clusters, count);
  return {
    taken: await confirmed(deps, counted.taken, 'found', control, signal),
    absent: await confirmed(deps, counted.absent, 'absent', control, signal),
  };
}

type Counter = (span: TimeSpan) => Promise<number | null>;
type Verdicts = { readonly taken: UnsettledBatch[]; readonly absent: UnsettledBatch[] };

function countedCalls(calls: readonly KnownCall[], batches: readonly UnsettledBatch[]): CountedCall<UnsettledBatch>[] {
  const keyOf = ({ broadcastKey, number }: Pick<KnownCall, 'broadcastKey' | 'number'>) => `${broadcastKey}/${number}`;
  const lost = new Map(batches.map((batch) => [keyOf(batch), batch]));
  return calls.map((call) => {
    const batch = lost.get(keyOf(call));
    const { from, to, least, most } = call;
    if (batch === undefined) return { kind: 'known', from, to, least, most };
    return { kind: 'lost', from, to, people: batch.people, lost: batch };
  });
}

/**
 * Counts the whole, then halves, as far as that tells more: lost calls come in runs that met one fate. What the other half
 * holds follows without a further request.
 */
async function halve(clusters: readonly Cluster<UnsettledBatch>[], count: Counter): Promise<Verdicts> {
  const verdicts: Verdicts = { taken: [], absent: [] };
  const range = aroundLost(clusters);
  if (range === null) return verdicts;

  async function judge(first: number, last: number, listed: number): Promise<void> {
    const whole = clusters.slice(first, last + 1).reduce(together);
    const verdict = judgeSpan(listed, whole);
    if (verdict === 'none') verdicts.absent.push(...whole.lost);
    if (verdict === 'all') verdicts.taken.push(...whole.lost);
    const cut = verdict === 'some' ? halfway(clusters, first, last) : null;
    if (cut === null) return;
    const before = await count(spanOf(clusters, first, cut - 1));
    if (before === null || before > listed) return;
    await judge(first, cut - 1, before);
    await judge(cut, last, listed - before);
  }

  const listed = await count(spanOf(clusters, range.first, range.last));
  if (listed !== null) await judge(range.first, range.last, listed);
  return verdicts;
}

/** The verdict on so many is believed only where it holds for some of their people, asked for by number. */
async function confirmed(
  { evidence, batchSearch }: CountSettlementDeps,
  batches: readonly UnsettledBatch[],
  verdict: 'found' | 'absent',
  control: Control,
  signal: AbortSignal,
): Promise<readonly UnsettledBatch[]> {
  const [first] = batches;
  if (first === undefined) return [];
  // Where no answered call tells of the list, its clock may be far off, and it may hide the numbers.
  if (clockOf(control) === null && !(verdict === 'absent' && (await batchSearch.isEmpty(first, control, signal))))
    return [];
  // Of few batches several people each: one alone may have texts of other software, and as many as were missing.
  const perBatch = Math.ceil(SAMPLE / batches.length);
  for (const batch of spread(batches, SAMPLE, 0)) {
    const people = spread(await evidence.unknownRecipients(batch), CANDIDATES, batch.looks);
    const refused = await evidence.refusedAmong(people);
    const asked = people.filter((each) => !refused.has(each)).slice(0, perBatch);
    if (asked.length === 0) return [];
    for (const number of asked) {
      const probed = await batchSearch.probe(batch, number, control, signal);
      if (probed.verdict !== verdict) return [];
    }
  }
  return batches;
}
