import { createChance, type Chance } from '../clockwork/chance';
import { withCanaries } from './drawCanaries';
import { drawFaults } from './drawFaults';
import { withLocalTimes } from './drawLocalTimes';
import { withRestoredCopy } from './drawRestore';
import { withRetries } from './drawRetries';
import { withSenders } from './drawSenders';
import type { Fault, FaultKind } from './fault';
import type { PlannedBroadcast, PlannedSettings, WorldPlan } from './worldPlan';

const MOST_PEOPLE = 60;
const CROWD_SHARE = 0.01;
const CROWD = 205;
const TWINS_SHARE = 0.04;
const LIMITS_SHARE = 0.1;
const WORDINGS_SHARE = 0.2;
const MOST_BATCHES = 14;
const MINUTE_MS = 60_000;

/** The world that a seed stands for. `without`: kinds of faults that are left out of it. */
export function drawPlan(seed: number, { without = [] }: { readonly without?: readonly FaultKind[] } = {}): WorldPlan {
  const chance = createChance(seed, 'plan');
  if (chance.happens(CROWD_SHARE)) return drawCrowd(seed, chance, without);
  const people = drawPeople(chance);
  const broadcasts = Array.from({ length: chance.pick([1, 1, 2, 3]) }, (_, place) =>
    drawBroadcast(chance, people, place),
  );
  const settings = drawSettings(chance, people.length);
  const owners = chance.happens(0.35) ? 3 : 1;
  const world = { seed, owners, settings, people, broadcasts, retries: [] };
  const faults = drawFaults(chance, world).filter(({ kind }) => !without.includes(kind));
  const plan = { ...world, faults, stretch: chance.pick([0.7, 1.5, 3]) };
  const limited = withLimits(chance.happens(TWINS_SHARE) ? withTwins(chance, plan) : plan);
  const { faults: all, ...varied } = withRestoredCopy(
    withRetries(withCanaries(withLocalTimes(withSenders(withWordings(limited))))),
  );
  return { ...varied, faults: all.filter(({ kind }) => !without.includes(kind)) };
}

/** A broadcast of so many batches that it is written in steps, whose writer dies while it is being accepted. */
function drawCrowd(seed: number, chance: Chance, without: readonly FaultKind[]): WorldPlan {
  const people = Array.from({ length: CROWD }, (_, place) => `+1415555${1000 + place}`);
  const broadcast = { ...drawBroadcast(chance, people, 0), people: people.map((_, person) => person), key: 'key 1' };
  const settings = {
    ...drawSettings(chance, 1),
    batchSize: 1,
    batchDelayMs: 0,
    hasPublicUrl: false,
    maxConcurrency: 4,
  };
  const when = { atMs: broadcast.submitAtMs + chance.between(1, 150) };
  const owners = chance.pick([1, 3]);
  const crash = (owner: number): Fault => ({
    kind: 'crash',
    owner,
    when,
    isHeard: true,
    downMs: chance.between(100, 3000),
  });
  const faults = Array.from({ length: owners }, (_, owner) => crash(owner));
  return {
    seed,
    owners,
    people,
    settings,
    stretch: 3,
    broadcasts: [{ ...broadcast, sendInMs: null }],
    retries: [],
    faults: faults.filter(({ kind }) => !without.includes(kind)),
  };
}

/** Somebody has the same text sent again, where the settings keep people from getting it twice. */
function withTwins(chance: Chance, plan: WorldPlan): WorldPlan {
  const [first] = plan.broadcasts;
  if (first === undefined) return plan;
  const second = {
    ...first,
    key: first.key === null ? null : `${first.key} again`,
    submitAtMs: first.submitAtMs + chance.anyMagnitude(100, 50 * MINUTE_MS),
  };
  const settings = { ...plan.settings, duplicateWindowHours: 1, retentionDays: chance.pick([0, 0.01]) };
  // What is within the window goes by the clock.
  const faults = plan.faults.filter(({ kind }) => kind !== 'clock step');
  return { ...plan, settings, faults, broadcasts: [first, second, ...plan.broadcasts.slice(2)] };
}

const MOST_BROADCASTS = 4;

/** Broadcasts to people who are on several lists, where a topic or a cap keeps them from getting a text of each. */
function withLimits(plan: WorldPlan): WorldPlan {
  // Of its own: what else a seed stands for stays as it is.
  const chance = createChance(plan.seed, 'limits');
  if (!chance.happens(LIMITS_SHARE)) return plan;
  const more = Array.from({ length: chance.between(1, MOST_BROADCASTS - 1) }, (_, index) =>
    drawBroadcast(chance, plan.people, plan.broadcasts.length + index),
  );
  const all = [...plan.broadcasts, ...more].slice(0, MOST_BROADCASTS);
  const isTopic = chance.happens(0.7);
  // Who sends the same text again means the same by it.
  const topics = new Map(all.map(({ text }) => [text, isTopic && chance.happens(0.8) ? 'topic' : null]));
  const broadcasts = all.map((broadcast) => ({ ...broadcast, topic: topics.get(broadcast.text) ?? null }));
  const textCaps = isTopic && chance.happens(0.6) ? null : chance.pick(['1/30m', '2/2h', '1/5m,2/1h']);
  // What is within the time of a cap goes by the clock.
  const faults = textCaps === null ? plan.faults : plan.faults.filter(({ kind }) => kind !== 'clock step');
  const retentionDays = chance.pick([plan.settings.retentionDays, textCaps === null ? 0.01 : 0.1]);
  return { ...plan, faults, broadcasts, settings: { ...plan.settings, textCaps, retentionDays } };
}

/** A few texts of their own, or one for each of a few people. */
function withWordings(plan: WorldPlan): WorldPlan {
  // Of its own: what else a seed stands for stays as it is.
  const chance = createChance(plan.seed, 'wordings');
  if (!chance.happens(WORDINGS_SHARE)) return plan;
  const wordings = plan.people.length <= MOST_BATCHES ? chance.pick([2, 3, MOST_BATCHES]) : chance.pick([2, 3]);
  return { ...plan, broadcasts: plan.broadcasts.map((broadcast) => ({ ...broadcast, wordings })) };
}

function drawPeople(chance: Chance): string[] {
  const first = chance.between(1000, 8900);
  return Array.from({ length: chance.anyMagnitude(2, MOST_PEOPLE) }, (_, place) => `+1415555${first + place}`);
}

function drawBroadcast(chance: Chance, people: readonly string[], place: number): PlannedBroadcast {
  const share = chance.pick([0.5, 1, 1]);
  const chosen = people.map((_, person) => person).filter((person) => person === place || chance.happens(share));
  return {
    text: `text ${place + 1}`,
    people: chosen.length === 0 ? [0] : chosen,
    submitAtMs: chance.anyMagnitude(600, 5 * MINUTE_MS),
    key: chance.happens(0.7) ? `key ${place + 1}` : null,
    waitMs: chance.pick([null, 0, 2000, 30_000]),
    sendInMs: chance.happens(0.1) ? chance.anyMagnitude(500, 10 * MINUTE_MS) : null,
    localInMs: null,
    canary: null,
    topic: null,
    sender: null,
    wordings: 1,
  };
}

function drawSettings(chance: Chance, people: number): PlannedSettings {
  const leastSize = Math.ceil(people / MOST_BATCHES);
  const hasPublicUrl = chance.happens(0.6);
  const reportTimeoutMs = chance.pick([10, 30]) * MINUTE_MS;
  return {
    batchSize: Math.max(leastSize, chance.anyMagnitude(1, 10)),
    batchDelayMs: chance.pick([0, 20, 250]),
    maxConcurrency: chance.between(1, 4),
    timeoutMs: chance.pick([10_000, 30_000, 30_000]),
    reconcileAfterMs: MINUTE_MS,
    hasPublicUrl,
    reportTimeoutMs,
    // Where no reports are asked for there is nothing to ask about.
    reportAskAfterMs: hasPublicUrl ? chance.pick([2, 5]) * MINUTE_MS : reportTimeoutMs,
    hasPowerpack: chance.happens(0.1),
    broadcastWaitMs: 10_000,
    pauseAfterFailedBatches: chance.pick([0, 3, 10]),
    duplicateWindowHours: 0,
    textCaps: null,
    senderRates: null,
    horizonSeconds: 3600,
    retentionDays: 0,
  };
}
