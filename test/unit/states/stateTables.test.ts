import {
  BATCH_STATES,
  BATCH_STATUSES,
  OPEN_BATCH_STATUSES,
  type BatchEvent,
} from '../../../src/domain/states/batchState';
import {
  BROADCAST_STATES,
  BROADCAST_STATUSES,
  outcomeOf,
  type BatchCounts,
  type BroadcastEvent,
} from '../../../src/domain/states/broadcastState';
import { CANARY_STATES, CANARY_STATUSES, type CanaryEvent } from '../../../src/domain/states/canaryState';
import { RECIPIENT_STATUSES, REPORTED_STATES, REPORTED_STATUSES } from '../../../src/domain/states/recipientState';
import { nextState, statesAccepting } from '../../../src/domain/states/stateTable';

/** Every pair of state and event; those that are not listed must change nothing. */
function everyPair<S extends string, E extends string>(states: readonly S[], events: readonly E[], listed: string) {
  const targets = new Map(
    listed
      .trim()
      .split(/\s*\n\s*/)
      .map((line) => line.split(/\s*(?:->|:)\s*/))
      .map(([state, event, target]) => [`${state}/${event}`, target] as const),
  );
  const rows = states.flatMap((state) =>
    events.map((event) => [state, event, targets.get(`${state}/${event}`) ?? null] as const),
  );
  expect(rows.filter(([, , target]) => target !== null)).toHaveLength(targets.size);
  return rows;
}

const BATCH_EVENTS: BatchEvent[] = [
  'claim',
  'accept',
  'prove',
  'refuseForNow',
  'refuseForGood',
  'lose',
  'disprove',
  'resend',
  'giveUp',
  'hold',
  'cancel',
];

describe('a batch', () => {
  const rows = everyPair(
    BATCH_STATUSES,
    BATCH_EVENTS,
    `pending: claim -> sending
     pending: accept -> sent
     pending: prove -> sent
     pending: giveUp -> failed
     pending: cancel -> cancelled
     sending: accept -> sent
     sending: prove -> sent
     sending: refuseForNow -> pending
     sending: refuseForGood -> failed
     sending: lose -> unconfirmed
     unconfirmed: accept -> sent
     unconfirmed: prove -> sent
     unconfirmed: refuseForNow -> pending
     unconfirmed: refuseForGood -> failed
     unconfirmed: disprove -> pending
     unconfirmed: hold -> held
     held: accept -> sent
     held: prove -> sent
     held: disprove -> pending
     failed: prove -> sent
     failed: resend -> pending
     cancelled: prove -> sent`,
  );

  it.each(rows)('that is %s becomes after %s: %s', (state, event, target) => {
    expect(nextState(BATCH_STATES, state, event)).toBe(target);
  });

  it('whose outcome is unknown is sent again only when Plivo was asked, or answers that it was refused for now', () => {
    const back = rows.filter(([state, , target]) => state === 'unconfirmed' && target === 'pending');
    expect(back.map(([, event]) => event)).toEqual(['refuseForNow', 'disprove']);
  });

  it('that was sent stays sent', () => {
    expect(rows.filter(([state, , target]) => state === 'sent' && target !== null)).toEqual([]);
  });
});

describe('a broadcast', () => {
  const events: BroadcastEvent[] = [
    'approve',
    'approveEarly',
    'reject',
    'expire',
    'due',
    'start',
    'pause',
    'resume',
    'cancel',
    'reopen',
    'complete',
    'failInPart',
    'fail',
  ];
  const ends = (state: string) =>
    `${state}: complete -> completed
     ${state}: failInPart -> partially_failed
     ${state}: fail -> failed`;

  it.each(
    everyPair(
      BROADCAST_STATUSES,
      events,
      `awaiting_approval: approve -> queued
       awaiting_approval: approveEarly -> scheduled
       awaiting_approval: reject -> cancelled
       awaiting_approval: expire -> cancelled
       awaiting_approval: cancel -> cancelled
       scheduled: due -> queued
       scheduled: cancel -> cancelled
       scheduled: pause -> paused
       queued: start -> processing
       queued: pause -> paused
       queued: cancel -> cancelled
       processing: pause -> paused
       processing: cancel -> cancelled
       paused: resume -> queued
       paused: cancel -> cancelled
       partially_failed: reopen -> processing
       failed: reopen -> processing
       ${['queued', 'processing', 'paused', 'partially_failed', 'failed'].map(ends).join('\n')}`,
    ),
  )('that is %s becomes after %s: %s', (state, event, target) => {
    expect(nextState(BROADCAST_STATES, state, event)).toBe(target);
  });

  const counts = (change: Partial<BatchCounts>): BatchCounts => ({
    pending: 0,
    sending: 0,
    sent: 0,
    unconfirmed: 0,
    held: 0,
    failed: 0,
    cancelled: 0,
    ...change,
  });

  it.each(OPEN_BATCH_STATUSES)('is not over while one of its batches is %s', (status) => {
    expect(outcomeOf(counts({ sent: 5, failed: 5, [status]: 1 }))).toBeNull();
  });

  it.each([
    [{ sent: 3 }, 'complete'],
    [{}, 'complete'],
    [{ sent: 1, failed: 2 }, 'failInPart'],
    [{ sent: 1, cancelled: 1 }, 'failInPart'],
    [{ failed: 2 }, 'fail'],
  ] as const)('with the settled batches %j ends with %s', (change, outcome) => {
    expect(outcomeOf(counts(change))).toBe(outcome);
  });
});

describe('a canary', () => {
  const events: CanaryEvent[] = ['out', 'back', 'pass', 'stop', 'resume'];
  const rows = everyPair(
    CANARY_STATUSES,
    events,
    `sending: out -> waiting
     waiting: back -> sending
     waiting: pass -> passed
     waiting: stop -> stopped
     stopped: resume -> released`,
  );

  it.each(rows)('that is %s becomes after %s: %s', (state, event, target) => {
    expect(nextState(CANARY_STATES, state, event)).toBe(target);
  });
});

describe('a recipient', () => {
  const open = ['queued', 'unknown', 'invalid', 'optedOut', 'cancelled'];
  const all = open.flatMap((state) => REPORTED_STATUSES.map((reported) => `${state}: ${reported} -> ${reported}`));
  const rows = everyPair(
    RECIPIENT_STATUSES,
    REPORTED_STATUSES,
    `${all.join('\n')}
     sent: delivered -> delivered
     sent: undelivered -> undelivered
     sent: failed -> failed`,
  );

  it.each(rows)('that is %s and reported as %s becomes: %s', (state, reported, target) => {
    expect(nextState(REPORTED_STATES, state, reported)).toBe(target);
  });
});

describe('a state table', () => {
  it('lists the states in which an event applies, for the guard of an update', () => {
    expect(statesAccepting(BATCH_STATES, 'cancel')).toEqual(['pending']);
    expect(statesAccepting(BATCH_STATES, 'disprove').sort()).toEqual(['held', 'unconfirmed']);
  });
});
