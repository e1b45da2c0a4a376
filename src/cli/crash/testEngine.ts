import { setTimeout as sleepFor } from 'node:timers/promises';
import { brokenRules } from './stage/brokenRules';
import { createChoices } from './choices';
import { createLedger, type Comparison } from './people/ledger';
import { FREEZES } from './points/freezes';
import { runFreezePoint } from './points/freezePoint';
import { GAPS } from './points/gaps';
import { runKillPoint } from './points/killPoint';
import type { PointResult } from './points/point';
import { addRound, newTotals, pointLine, roundLine, type EngineTotals } from './report';
import { runRound } from './round';
import { startOwnCluster } from './stage/ownCluster';
import { findPostgresPrograms } from './stage/postgresPrograms';
import type { EngineName } from './stage/scratchDatabase';
import { openStage, type Stage, type StageOptions } from './stage/stage';

export type EngineTestOptions = {
  /** Where PostgreSQL is, for which it is needed. */
  readonly server: string | null;
  readonly rounds: number;
  readonly seed: number;
  readonly recipients: number;
  readonly instances: number;
  /** How many of the places in which it dies or stops on purpose, at random; `Infinity` for all. */
  readonly points: number;
  readonly keep: boolean;
  readonly print: (line: string) => void;
};

type EngineTest = {
  readonly engine: EngineName;
  readonly options: EngineTestOptions;
  readonly totals: EngineTotals;
};

/** One round in so many takes its full time: leases are waited for, an instance is frozen past its own. */
const LONG_ROUND_EVERY = 10;
/** For so many rounds there is one more in which the server restarts twice. */
const ROUNDS_PER_RESTARTS = 6;
/** Each holds up to ten connections for every instance, and a server often allows a hundred to all its users. */
const POINTS_AT_ONCE = 3;
const FREEZES_AT_ONCE = 2;
/** A text that comes after the end of the last round would come within this time. */
const LAST_LOOK_AFTER_MS = 2000;

/** Crashes on purpose, crashes at random, and restarts of the server, on one engine. */
export async function testEngine(engine: EngineName, options: EngineTestOptions): Promise<EngineTotals> {
  const totals = newTotals(engine);
  const test: EngineTest = { engine, options, totals };
  const began = performance.now();
  const { rounds, server, instances } = options;
  if (options.points > 0) await testOnPurpose(test);
  if (rounds > 0) {
    await testAtRandom(test, { server, instances: engine === 'postgres' ? instances : 1, first: 1, last: rounds });
    if (engine === 'postgres') await testRestarts(test);
  }
  totals.seconds = (performance.now() - began) / 1000;
  return totals;
}

type Check = () => Promise<readonly string[]>;
type Complain = (wrongs: readonly string[]) => void;

/** A stage of its own for some work, which counts as wrong where it cannot be done at all. */
async function onStage(
  { engine, options: { seed, keep, print }, totals }: EngineTest,
  where: Pick<StageOptions, 'server' | 'instances'>,
  work: (stage: Stage, complain: Complain) => Promise<void>,
): Promise<void> {
  const stage = await openStage({ engine, seed, keep, ...where });
  const complain: Complain = (wrongs) => {
    totals.wrongs += wrongs.length;
    for (const wrong of wrongs) print(`         ${wrong}`);
  };
  try {
    await work(stage, complain).catch((error: unknown) =>
      complain([error instanceof Error ? error.message : String(error), ...stage.ownEnds]),
    );
  } finally {
    await stage.close();
    if (keep) print(`         kept: ${stage.database.url.replace(/\/\/.*@/, '//')} and the logs in ${stage.folder}`);
  }
}

const addAccount = (totals: EngineTotals, account: Comparison) => {
  for (const name of ['recipients', 'texts', 'tooMany', 'missing'] as const) totals[name] += account[name];
};

/** Side by side: most of the time is spent waiting, and a freeze does little else. */
async function testOnPurpose(test: EngineTest): Promise<void> {
  const { engine, options, totals } = test;
  const runAt = (what: string, instances: number, run: (stage: Stage, check: Check) => Promise<PointResult>) =>
    onStage(test, { server: options.server, instances }, async (stage, complain) => {
      const result = await run(stage, () => brokenRules(stage.database.url));
      addAccount(totals, result);
      options.print(pointLine(engine, what, result));
      complain(result.wrongs);
    });
  const chosen = someOf<object>([...FREEZES, ...GAPS], options);
  const isChosen = (point: object) => chosen.has(point);
  const freezing = sideBySide(FREEZES.filter(isChosen), FREEZES_AT_ONCE, async (freeze) => {
    await runAt(`stops ${freeze.name}`, engine === 'postgres' ? 2 : 1, (...on) => runFreezePoint(...on, freeze));
    totals.freezes++;
  });
  const killing = sideBySide(GAPS.filter(isChosen), POINTS_AT_ONCE, async (gap) => {
    await runAt(`dies ${gap.name}`, 1, (...on) => runKillPoint(...on, gap));
    totals.points++;
    totals.kills++;
  });
  await Promise.all([freezing, killing]);
}

/** Another round than any draws from: theirs begin with 1. */
const CHOICE_OF_POINTS = 0;

function someOf<T>(items: readonly T[], { points, seed }: Pick<EngineTestOptions, 'points' | 'seed'>): Set<T> {
  const { between } = createChoices(seed, CHOICE_OF_POINTS);
  const left = [...items];
  while (left.length > points) left.splice(between(0, left.length - 1), 1);
  return new Set(left);
}

async function sideBySide<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const workNext = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, workNext));
}

type Rounds = Pick<StageOptions, 'server' | 'instances'> & { readonly first: number; readonly last: number };

function testAtRandom(test: EngineTest, { first, last, ...where }: Rounds): Promise<void> {
  const { engine, options, totals } = test;
  return onStage(test, where, async (stage, complain) => {
    const ledger = createLedger(stage.simulator);
    for (let round = first; round <= last; round++) {
      const result = await runRound({
        stage,
        ledger,
        number: round,
        name: `${engine}-${options.seed}-${round}`,
        choices: createChoices(options.seed, round),
        recipients: options.recipients * (stage.restart === null ? 1 : RECIPIENTS_AT_RESTARTS),
        isLong: round % LONG_ROUND_EVERY === 0,
        check: () => brokenRules(stage.database.url),
      });
      addRound(totals, result);
      options.print(roundLine(engine, round, result));
      complain(result.wrongs);
    }
    await sleepFor(LAST_LOOK_AFTER_MS);
    complain(await brokenRules(stage.database.url));
    addAccount(totals, ledger.compare());
  });
}

/** So many times as many as elsewhere: a restart takes its time, and is to be felt. */
const RECIPIENTS_AT_RESTARTS = 3;

/** On a server of our own: the one that was named has other users. */
async function testRestarts(test: EngineTest): Promise<void> {
  const { options, totals } = test;
  const programs = findPostgresPrograms();
  if (typeof programs === 'string') {
    totals.notes.push(`PostgreSQL was not restarted: ${programs}.`);
    return;
  }
  const cluster = await startOwnCluster(programs);
  try {
    const first = options.rounds + 1;
    const last = options.rounds + Math.ceil(options.rounds / ROUNDS_PER_RESTARTS);
    await testAtRandom(test, { server: cluster, instances: options.instances, first, last });
  } finally {
    await cluster.stop(options.keep);
  }
}
