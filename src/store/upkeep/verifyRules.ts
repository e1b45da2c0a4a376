import { BATCH_STATUSES, OPEN_BATCH_STATUSES, type BatchStatus } from '../../domain/states/batchState';
import { outcomeOf, type BatchCounts, type BroadcastStatus } from '../../domain/states/broadcastState';
import { RECIPIENT_STATUSES, STATUS_OF_WAITING, type RecipientStatus } from '../../domain/states/recipientState';

/** A broadcast at one moment: what its row says, and what is counted of its batches and people. */
export type VerifiedBroadcast = {
  readonly status: BroadcastStatus;
  readonly isProcessed: boolean;
  readonly submitted: number;
  readonly duplicates: number;
  readonly accepted: number;
  readonly leftOut: number;
  readonly batchesTotal: number;
  readonly batchCounters: BatchCounts;
  readonly recipientCounters: Readonly<Record<RecipientStatus, number>>;
  readonly batches: readonly VerifiedBatch[];
  readonly senders: readonly VerifiedSender[];
  /** People who are in no batch, and people whose batch does not exist. */
  readonly rowsOutside: number;
  readonly rowsAstray: number;
  /** People who are in a waiting batch and in another one. */
  readonly inTwoBatches: number;
  readonly doubledUuids: number;
  /** What delivery reports billed, added up per country and in the rows. */
  readonly billedUnits: number;
  readonly unitsInRows: number;
};

export type VerifiedBatch = {
  readonly number: number;
  readonly status: BatchStatus;
  readonly size: number;
  readonly claims: number;
  readonly hasLease: boolean;
  readonly reportsClosed: boolean;
  /** People in its array, null from its first claim on. */
  readonly waiting: number | null;
  readonly rows: Readonly<Partial<Record<RecipientStatus, number>>>;
  /** People left out as they had got the same text; `rows` does not count them. They count as cancelled. */
  readonly skipped: number;
};

/** One sender of a broadcast of several: its counters, and what there is of it. */
export type VerifiedSender = {
  readonly pending: number;
  readonly total: number;
  readonly pendingBatches: number;
  readonly batches: number;
};

/** States that nobody in a batch of this status can be in. */
const IMPOSSIBLE: Readonly<Record<BatchStatus, readonly RecipientStatus[]>> = {
  pending: ['unknown', 'cancelled'],
  sending: ['unknown', 'cancelled'],
  sent: ['cancelled'],
  unconfirmed: ['queued', 'cancelled'],
  held: ['queued', 'cancelled'],
  failed: ['queued', 'unknown', 'cancelled'],
  cancelled: ['queued', 'unknown'],
};

const ENDS: Partial<Record<BroadcastStatus, ReturnType<typeof outcomeOf>>> = {
  completed: 'complete',
  partially_failed: 'failInPart',
  failed: 'fail',
};

/** The rules that the broadcast breaks, in words that hold neither phone numbers nor text. */
export function brokenRules(broadcast: VerifiedBroadcast): string[] {
  return [...sums(broadcast), ...counters(broadcast), ...status(broadcast), ...broadcast.batches.flatMap(batchRules)];
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, count) => all + count, 0);
const unless = (holds: boolean, rule: string) => (holds ? [] : [rule]);

function sums(broadcast: VerifiedBroadcast): string[] {
  const { submitted, duplicates, accepted, leftOut, batches, recipientCounters } = broadcast;
  const people = submitted - duplicates;
  const counted = sum(recipientCounters);
  const inBatches = batches.reduce((all, { size }) => all + size, 0);
  return [
    ...unless(counted === people, `its counters know ${counted} people, ${people} were submitted`),
    ...unless(
      accepted + leftOut === people,
      `${accepted} accepted and ${leftOut} left out are not ${people} submitted`,
    ),
    ...unless(inBatches === accepted, `its batches hold ${inBatches} people, ${accepted} were accepted`),
    ...unless(broadcast.rowsOutside === leftOut, `${broadcast.rowsOutside} rows for ${leftOut} people left out`),
    ...unless(broadcast.rowsAstray === 0, `${broadcast.rowsAstray} people are in a batch that does not exist`),
    ...unless(broadcast.inTwoBatches === 0, `${broadcast.inTwoBatches} people are in two batches`),
    ...unless(
      broadcast.billedUnits === broadcast.unitsInRows,
      `its countries were billed ${broadcast.billedUnits} units, its rows ${broadcast.unitsInRows}`,
    ),
    ...unless(broadcast.doubledUuids === 0, `${broadcast.doubledUuids} message uuids belong to two people`),
  ];
}

function counters(broadcast: VerifiedBroadcast): string[] {
  const rows = Object.fromEntries(RECIPIENT_STATUSES.map((name) => [name, 0])) as Record<RecipientStatus, number>;
  for (const batch of broadcast.batches) {
    for (const name of RECIPIENT_STATUSES) rows[name] += batch.rows[name] ?? 0;
    rows.cancelled += batch.skipped;
    const counted = STATUS_OF_WAITING[batch.status];
    if (counted !== undefined) rows[counted] += batch.waiting ?? 0;
  }
  const batchesIn = (name: BatchStatus) => broadcast.batches.filter((batch) => batch.status === name).length;
  const { recipientCounters, batchCounters, batchesTotal, batches } = broadcast;
  // Who is in no batch is invalid or opted out from the start; how many of each, only the sum of both tells here.
  const apart: readonly RecipientStatus[] = ['invalid', 'optedOut'];
  const apartCounted = sum(Object.fromEntries(apart.map((name) => [name, recipientCounters[name]])));
  const apartRows = sum(Object.fromEntries(apart.map((name) => [name, rows[name]]))) + broadcast.rowsOutside;
  return [
    ...senders(broadcast),
    ...unless(batches.length === batchesTotal, `it has ${batches.length} batches, its counter says ${batchesTotal}`),
    ...unless(
      apartCounted === apartRows,
      `its counters of invalid and opted out say ${apartCounted}, its rows ${apartRows}`,
    ),
    ...RECIPIENT_STATUSES.filter((name) => !apart.includes(name)).flatMap((name) =>
      unless(
        recipientCounters[name] === rows[name],
        `its counter of ${name} says ${recipientCounters[name]}, its rows ${rows[name]}`,
      ),
    ),
    ...BATCH_STATUSES.flatMap((name) =>
      unless(
        batchCounters[name] === batchesIn(name),
        `its counter of ${name} batches says ${batchCounters[name]}, there are ${batchesIn(name)}`,
      ),
    ),
  ];
}

function senders({ senders: all, batches }: VerifiedBroadcast): string[] {
  const inAll = all.reduce((count, sender) => count + sender.batches, 0);
  return [
    ...unless(
      all.length === 0 || inAll === batches.length,
      `its senders have ${inAll} batches, it has ${batches.length}`,
    ),
    ...all.flatMap(({ pending, total, pendingBatches, batches: has }) => [
      ...unless(total === has, `a sender of it has ${has} batches, its counter says ${total}`),
      ...unless(
        pending === pendingBatches,
        `a sender of it has ${pendingBatches} pending batches, its counter says ${pending}`,
      ),
    ]),
  ];
}

function status(broadcast: VerifiedBroadcast): string[] {
  const { status: name, batchCounters, isProcessed } = broadcast;
  const outcome = outcomeOf(batchCounters);
  const expected = ENDS[name];
  const isOver = expected !== undefined || name === 'cancelled';
  const open = OPEN_BATCH_STATUSES.reduce((all, one) => all + batchCounters[one], 0);
  return [
    ...unless(
      name !== 'awaiting_approval' || broadcast.batches.every(({ claims }) => claims === 0),
      'nobody has approved it, yet a batch of it was claimed',
    ),
    ...unless(isOver || outcome === null, `it is ${name}, yet none of its batches is open`),
    ...unless(
      expected === undefined || outcome === expected,
      `it is ${name}, which its batches do not say (${open} are open)`,
    ),
    ...unless(
      isProcessed === isOver,
      isOver ? 'it is over without the time of it' : `it is ${name} with the time of its end`,
    ),
  ];
}

function batchRules(batch: VerifiedBatch): string[] {
  const { number, status: name, size, claims, waiting, rows, hasLease } = batch;
  const inRows = sum(rows) + batch.skipped;
  const isSending = name === 'sending';
  return [
    ...unless((waiting ?? 0) + inRows === size, `holds ${(waiting ?? 0) + inRows} people, its size says ${size}`),
    ...unless(
      (waiting === null) === claims > 0,
      `was claimed ${claims} times, and its array is ${waiting === null ? 'gone' : 'there'}`,
    ),
    ...unless(waiting === null || STATUS_OF_WAITING[name] !== undefined, `is ${name} and still has its array`),
    ...unless(isSending === hasLease, isSending ? 'is sending without a lease' : `is ${name} and has a lease`),
    ...IMPOSSIBLE[name].flatMap((one) => unless((rows[one] ?? 0) === 0, `is ${name} with people ${one}`)),
    ...unless(name !== 'sent' || batch.reportsClosed || (rows.unknown ?? 0) === 0, 'is sent, yet people are unknown'),
  ].map((rule) => `batch ${number} ${rule}`);
}
