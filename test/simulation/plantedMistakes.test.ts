import type { Foundation } from '../../src/composing/foundation';
import { openSharedDatabase, type SharedDatabase } from '../../src/simulation/database/sharedDatabase';
import { OTHER_SENDER, SENDER } from '../../src/simulation/faults/drawSenders';
import type { Fault } from '../../src/simulation/faults/fault';
import type { WorldPlan } from '../../src/simulation/faults/worldPlan';
import { shrinkPlan } from '../../src/simulation/shrinkPlan';
import { simulateWorld } from '../../src/simulation/simulateWorld';
import type { Store } from '../../src/store/store';
import { planWith } from '../support/worlds';

let shared: SharedDatabase;

beforeAll(async () => {
  shared = await openSharedDatabase();
});

const tamperWith =
  (change: (store: Store) => Partial<Store>) =>
  (foundation: Foundation): Foundation => ({
    ...foundation,
    store: { ...foundation.store, ...change(foundation.store) },
  });

async function rulesBroken(plan: WorldPlan, tamper?: (foundation: Foundation) => Foundation): Promise<string[]> {
  const { wrongs } = await simulateWorld(plan, { shared, ...(tamper === undefined ? {} : { tamper }) });
  return [...new Set(wrongs.map(({ rule }) => rule))];
}

const LOST_ANSWER: Fault = { kind: 'lost answer', call: 2, loss: 'reset' };
const LOST_REQUEST: Fault = { kind: 'lost request', call: 2, loss: 'reset' };

const resendAtOnce = tamperWith(({ settling }) => ({
  settling: {
    ...settling,
    recordUnknown: (claim, error) => settling.recordRefusedForNow(claim, error, { retryInMs: 0, countsAsTry: false }),
  },
}));

const takeForSent = tamperWith(({ settling }) => ({
  settling: {
    ...settling,
    recordUnknown: (claim) =>
      settling.recordAccepted(claim, { apiId: 'api', message: '', messageUuids: ['some-uuid'], invalidNumbers: [] }),
  },
}));

const forgetTheOutcome = tamperWith(({ settling, leases }) => ({
  // Whoever looks for what was left behind does not find it either.
  settling: { ...settling, recordAccepted: () => Promise.resolve(true) },
  leases: { ...leases, expire: () => Promise.resolve(0) },
}));

const missTheStop = tamperWith(({ inbound }) => ({
  inbound: { ...inbound, keep: (message) => inbound.keep({ ...message, keyword: null }) },
}));

const forgetTheTopic = tamperWith(({ accepting }) => ({
  accepting: { ...accepting, accept: (broadcast) => accepting.accept({ ...broadcast, topic: null }) },
}));

const tellAllTheSame = tamperWith(({ accepting }) => ({
  accepting: {
    ...accepting,
    accept: ({ batches, ...broadcast }) => {
      const own = { text: 'text 1, wording 0', segments: 1 };
      const slice = (from: number, to: number) => batches.slice(from, to).map((batch) => ({ ...batch, own }));
      return accepting.accept({ ...broadcast, batches: { length: batches.length, slice } });
    },
  },
}));

const forgetTheCanary = tamperWith(({ accepting }) => ({
  accepting: { ...accepting, accept: (broadcast) => accepting.accept({ ...broadcast, canary: null }) },
}));

/** What part of a canary may fail is changed on the way. */
const judgeBy = (maxFailureRate: number) =>
  tamperWith(({ accepting }) => ({
    accepting: {
      ...accepting,
      accept: ({ canary, ...broadcast }) =>
        accepting.accept({ ...broadcast, canary: canary === null ? null : { ...canary, maxFailureRate } }),
    },
  }));

const forgetTheTimes = tamperWith(({ accepting }) => ({
  accepting: {
    ...accepting,
    accept: ({ batches, ...broadcast }) => {
      const slice = (from: number, to: number) =>
        batches.slice(from, to).map((batch) => ({ ...batch, notBefore: null }));
      return accepting.accept({ ...broadcast, batches: { length: batches.length, slice } });
    },
  },
}));

const forgetTheCap = tamperWith(({ claims }) => ({
  claims: { ...claims, claimNextBatch: (options) => claims.claimNextBatch({ ...options, textCaps: [] }) },
}));

const forgetTheRates = tamperWith(({ claims }) => ({
  claims: {
    ...claims,
    claimNextBatch: (options) =>
      claims.claimNextBatch({ ...options, pacesOf: () => ({ account: null, sender: null }) }),
  },
}));

const leaveEverybodyOut = tamperWith(({ claims }) => ({
  claims: {
    ...claims,
    claimNextBatch: (options) =>
      claims.claimNextBatch({ ...options, textCaps: [{ texts: 0, windowMs: 60_000, written: '0/1m' }] }),
  },
}));

const forgetWhomARetryTook = tamperWith(({ accepting }) => ({
  accepting: {
    ...accepting,
    accept: ({ retry, ...broadcast }) => accepting.accept(retry === undefined ? { ...broadcast } : broadcast),
  },
}));

const believeTheCopy = tamperWith(({ claims }) => ({
  claims: {
    ...claims,
    async claimNextBatch(options) {
      const result = await claims.claimNextBatch(options);
      return result?.kind === 'claimed' ? { ...result, claim: { ...result.claim, doubtedSince: null } } : result;
    },
  },
}));

/** A copy is made after the first of three batches, and put back when the others have gone, too. */
function putBack(): WorldPlan {
  const plan = planWith([{ kind: 'restored copy', when: { atMs: 3000 }, forMs: 60_000, downMs: 1000 }]);
  return { ...plan, settings: { ...plan.settings, batchDelayMs: 5000 } };
}

/** Some of many people are not reached, and two at the same moment have these texted anew. */
function retried(): WorldPlan {
  const people = Array.from({ length: 40 }, (_, place) => `+1415555${2000 + place}`);
  const plan = planWith([], { people });
  const retry = { of: 0, atMs: 120_000, waitMs: 0, statuses: ['undelivered', 'failed'] as const };
  return {
    ...plan,
    settings: { ...plan.settings, hasPublicUrl: true, batchSize: 10 },
    broadcasts: plan.broadcasts.map((broadcast) => ({ ...broadcast, people: people.map((_, person) => person) })),
    retries: ['one', 'another'].map((key) => ({ ...retry, key })),
  };
}

/** Two broadcasts of a topic to the same people, who may have one text an hour. */
function limited(change: { topic?: string | null; textCaps?: string | null }): WorldPlan {
  const plan = planWith([]);
  const [first] = plan.broadcasts;
  const broadcasts = ['text 1', 'text 2'].map((text, place) => ({
    ...first!,
    text,
    key: text,
    submitAtMs: 2000 + 500 * place,
    topic: change.topic ?? null,
  }));
  return { ...plan, broadcasts, settings: { ...plan.settings, textCaps: change.textCaps ?? null } };
}

/** Thirty people in batches of five, twenty of whom go first; some of these are not reached. */
function withCanary(maxFailureRate: number): WorldPlan {
  const plan = planWith([]);
  const people = Array.from({ length: 30 }, (_, place) => `+1415555${2000 + place}`);
  const broadcasts = plan.broadcasts.map((broadcast) => ({
    ...broadcast,
    people: people.map((_, person) => person),
    canary: { recipients: 20, waitSeconds: 60, maxFailureRate },
  }));
  return { ...plan, seed: 2, people, broadcasts, settings: { ...plan.settings, batchSize: 5, hasPublicUrl: true } };
}

/** Two broadcasts to thirty people, from a sender of twelve texts a minute and from one of six. */
function fromTwoSenders(): WorldPlan {
  const plan = planWith([]);
  const people = Array.from({ length: 30 }, (_, place) => `+1415555${2000 + place}`);
  const broadcasts = [SENDER, OTHER_SENDER].map((sender) => ({
    ...plan.broadcasts[0]!,
    text: `from ${sender}`,
    key: sender,
    people: people.map((_, person) => person),
    sender,
  }));
  const senderRates = `${SENDER}:0.2,${OTHER_SENDER}:0.1`;
  return { ...plan, people, broadcasts, settings: { ...plan.settings, senderRates, horizonSeconds: 20 } };
}

/** People of three zones. */
function byTheirClocks(): WorldPlan {
  const plan = planWith([]);
  const people = ['+447700910001', '+4915111110002', '+358401110003', '+358401110004'];
  const broadcasts = plan.broadcasts.map((broadcast) => ({ ...broadcast, people: [0, 1, 2, 3], localInMs: 600_000 }));
  return { ...plan, people, broadcasts };
}

describe('a mistake in the engine is found', () => {
  it('that sends again what may have been taken', async () => {
    expect(await rulesBroken(planWith([LOST_ANSWER]), resendAtOnce)).toContain('nobody twice');
  });

  it('that takes for sent what may not have been taken', async () => {
    expect(await rulesBroken(planWith([LOST_REQUEST]), takeForSent)).toContain('nobody dropped');
  });

  it('that loses the outcome of a call', async () => {
    expect(await rulesBroken(planWith([]), forgetTheOutcome)).toContain('everything ends');
  });

  it('that believes what a copy that was put back says of who waits', async () => {
    expect(await rulesBroken(putBack())).toEqual([]);
    expect(await rulesBroken(putBack(), believeTheCopy)).toContain('nobody twice');
  });

  it('that does not hear a STOP', async () => {
    const stop: Fault = {
      kind: 'handset',
      person: 3,
      says: 'STOP',
      when: { atMs: 1000 },
      failedPosts: 0,
      isDoubled: false,
    };
    const later = planWith([stop], { broadcasts: [{ ...planWith([]).broadcasts[0]!, submitAtMs: 60_000 }] });
    expect(await rulesBroken(later, missTheStop)).toContain('nobody after a STOP');
  });

  it('that texts people twice of one topic', async () => {
    expect(await rulesBroken(limited({ topic: 'opening' }), forgetTheTopic)).toContain('one text of a topic');
  });

  it('that tells people what is meant for others', async () => {
    const plan = planWith([]);
    const worded = { ...plan, broadcasts: plan.broadcasts.map((broadcast) => ({ ...broadcast, wordings: 2 })) };
    expect(await rulesBroken(worded)).toEqual([]);
    expect(await rulesBroken(worded, tellAllTheSame)).toContain('no surprise');
  });

  it('that texts people before their clocks show the time', async () => {
    expect(await rulesBroken(byTheirClocks(), forgetTheTimes)).toContain('nobody before their time');
  });

  it('that texts the rest without a canary', async () => {
    expect(await rulesBroken(withCanary(0.5), forgetTheCanary)).toContain('the rest waits for its canary');
  });

  it('that texts the rest although too many of its canary have failed', async () => {
    expect(await rulesBroken(withCanary(0), judgeBy(1))).toContain('the rest waits for its canary');
  });

  it('that pauses for a canary that is well', async () => {
    expect(await rulesBroken(withCanary(0.9), judgeBy(-1))).toContain('a canary is stopped for a reason');
  });

  it('that texts people anew whom another retry has taken', async () => {
    expect(await rulesBroken(retried())).toEqual([]);
    expect(await rulesBroken(retried(), forgetWhomARetryTook)).toContain('nobody twice');
  });

  it('that texts people more than they may be', async () => {
    expect(await rulesBroken(limited({ textCaps: '1/1h' }), forgetTheCap)).toContain('no more than a cap');
  });

  it('that hands Plivo more of a sender than it can send', async () => {
    expect(await rulesBroken(fromTwoSenders(), forgetTheRates)).toContain('no sender gets too much');
  });

  it('that leaves people out who had no text', async () => {
    expect(await rulesBroken(planWith([]), leaveEverybodyOut)).toContain('nobody left out without reason');
  });

  it('and its world is made smaller as long as it stays wrong', async () => {
    const plan = planWith([
      { kind: 'list lags', ms: 500, share: 1 },
      LOST_ANSWER,
      { kind: 'reports', lost: 0.5, late: 0, doubled: 0, reordered: 0 },
    ]);
    const smallest = await shrinkPlan(plan, {
      mostTries: 12,
      isStillWrong: async (smaller) => (await rulesBroken(smaller, resendAtOnce)).includes('nobody twice'),
    });
    expect(smallest.faults).toEqual([LOST_ANSWER]);
    expect(smallest.people.length).toBeLessThan(plan.people.length);
  });
});

it('without a mistake the same worlds are well', async () => {
  for (const faults of [[], [LOST_ANSWER], [LOST_REQUEST]]) expect(await rulesBroken(planWith(faults))).toEqual([]);
  for (const limits of [{ topic: 'opening' }, { textCaps: '1/1h' }, {}])
    expect(await rulesBroken(limited(limits))).toEqual([]);
  for (const plan of [byTheirClocks(), fromTwoSenders(), withCanary(0), withCanary(0.9)])
    expect(await rulesBroken(plan)).toEqual([]);
});
