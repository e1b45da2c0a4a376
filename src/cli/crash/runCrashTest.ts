import { setTimeout as sleepFor } from 'node:timers/promises';
import { inheritedEnv } from '../../../config/env';
import { openDatabaseToRead } from '../../store/engine/database';
import { verifyDatabase } from '../../store/upkeep/verifyStore';
import { createChoices } from './choices';
import { createLedger, type Comparison } from './people/ledger';
import { FREEZES } from './points/freezes';
import { runFreezePoint } from './points/freezePoint';
import { GAPS } from './points/gaps';
import { runKillPoint } from './points/killPoint';
import type { PointResult } from './points/point';
import { closingTable, newTotals, pointLine, roundLine, type EngineTotals } from './report';
import { runRound } from './round';
import type { EngineName } from './stage/scratchDatabase';
import { openStage, type Stage } from './stage/stage';

export type CrashTestOptions = {
  readonly engine: EngineName | 'both';
  readonly rounds: number;
  readonly seed: number;
  readonly recipients: number;
  readonly instances: number;
  readonly points: boolean;
  readonly keep: boolean;
  readonly print: (line: string) => void;
};

/** One round in so many takes its full time: leases are waited for, an instance is frozen past its own. */
const LONG_ROUND_EVERY = 10;
/** Each holds up to ten connections for every instance, and a server often allows a hundred to all its users. */
const POINTS_AT_ONCE = 4;
const FREEZES_AT_ONCE = 2;
/** A text that comes after the end of the last round would come within this time. */
const LAST_LOOK_AFTER_MS = 2000;

/** Returns true when everybody got exactly one text and nothing else was wrong. */
export async function runCrashTest(options: CrashTestOptions): Promise<boolean> {
  const { print, seed } = options;
  print(`crash-test: --seed ${seed} repeats these choices`);
  const all: EngineTotals[] = [];
  for (const engine of enginesOf(options)) all.push(await testEngine(engine, options));
  if (all.length > 0) for (const line of ['', ...closingTable(all), '']) print(line);
  const isWell = all.length > 0 && all.every(({ tooMany, missing, wrongs }) => tooMany + missing + wrongs === 0);
  print(
    isWell
      ? 'Everybody got exactly one text.'
      : `Something is wrong. --seed ${seed} repeats the choices; --keep keeps what is needed to look into it.`,
  );
  return isWell;
}

const postgresServer = (): string | null => {
  const url = inheritedEnv()['DATABASE_URL'];
  return url !== undefined && /^postgres(ql)?:/.test(url) ? url : null;
};

function enginesOf({ engine, print }: CrashTestOptions): EngineName[] {
  const wanted: EngineName[] = engine === 'both' ? ['sqlite', 'postgres'] : [engine];
  if (!wanted.includes('postgres') || postgresServer() !== null) return wanted;
  print('PostgreSQL is skipped: DATABASE_URL does not name one.');
  return wanted.filter((one) => one !== 'postgres');
}

async function testEngine(engine: EngineName, options: CrashTestOptions): Promise<EngineTotals> {
  const totals = newTotals(engine);
  const began = performance.now();
  if (options.points) await testOnPurpose(engine, options, totals);
  if (options.rounds > 0) await testAtRandom(engine, options, totals);
  totals.seconds = (performance.now() - began) / 1000;
  return totals;
}

type Check = () => Promise<readonly string[]>;
type Complain = (wrongs: readonly string[]) => void;

/** A stage of its own for some work, which counts as wrong where it cannot be done at all. */
async function onStage(
  engine: EngineName,
  instances: number,
  { print, seed, keep }: CrashTestOptions,
  totals: EngineTotals,
  work: (stage: Stage, complain: Complain) => Promise<void>,
): Promise<void> {
  const stage = await openStage({ engine, seed, server: postgresServer(), instances });
  const complain: Complain = (wrongs) => {
    totals.wrongs += wrongs.length;
    for (const wrong of wrongs) print(`         ${wrong}`);
  };
  try {
    await work(stage, complain).catch((error: unknown) =>
      complain([error instanceof Error ? error.message : String(error), ...stage.ownEnds]),
    );
  } finally {
    await stage.close(keep);
    if (keep) print(`         kept: ${stage.database.url.replace(/\/\/.*@/, '//')} and the logs in ${stage.folder}`);
  }
}

const addAccount = (totals: EngineTotals, account: Comparison) => {
  for (const name of ['recipients', 'texts', 'tooMany', 'missing'] as const) totals[name] += account[name];
};

/** Side by side: most of the time is spent waiting, and a freeze does little else. */
async function testOnPurpose(engine: EngineName, options: CrashTestOptions, totals: EngineTotals): Promise<void> {
  const runAt = (what: string, instances: number, run: (stage: Stage, check: Check) => Promise<PointResult>) =>
    onStage(engine, instances, options, totals, async (stage, complain) => {
      const result = await run(stage, () => brokenRules(stage.database.url));
      addAccount(totals, result);
      options.print(pointLine(engine, what, result));
      complain(result.wrongs);
    });
  const freezing = sideBySide(FREEZES, FREEZES_AT_ONCE, async (freeze) => {
    await runAt(`stops ${freeze.name}`, engine === 'postgres' ? 2 : 1, (...on) => runFreezePoint(...on, freeze));
    totals.freezes++;
  });
  const killing = sideBySide(GAPS, POINTS_AT_ONCE, async (gap) => {
    await runAt(`dies ${gap.name}`, 1, (...on) => runKillPoint(...on, gap));
    totals.points++;
    totals.kills++;
  });
  await Promise.all([freezing, killing]);
}

async function sideBySide<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const workNext = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, workNext));
}

function testAtRandom(engine: EngineName, options: CrashTestOptions, totals: EngineTotals): Promise<void> {
  const { print, seed } = options;
  return onStage(engine, engine === 'postgres' ? options.instances : 1, options, totals, async (stage, complain) => {
    const ledger = createLedger(stage.simulator);
    for (let round = 1; round <= options.rounds; round++) {
      const result = await runRound({
        stage,
        ledger,
        name: `${engine}-${seed}-${round}`,
        choices: createChoices(seed, round),
        recipients: options.recipients,
        isLong: round % LONG_ROUND_EVERY === 0,
        check: () => brokenRules(stage.database.url),
      });
      totals.rounds++;
      for (const name of ['kills', 'faults', 'freezes', 'breaks', 'held'] as const) totals[name] += result[name];
      print(roundLine(engine, round, result));
      complain(result.wrongs);
    }
    await sleepFor(LAST_LOOK_AFTER_MS);
    complain(await brokenRules(stage.database.url));
    addAccount(totals, ledger.compare());
  });
}

/** `npm run verify` on the scratch database. */
async function brokenRules(url: string): Promise<string[]> {
  const database = openDatabaseToRead({ url });
  const rules: string[] = [];
  try {
    await verifyDatabase(database, { onFault: (broadcastId, rule) => rules.push(`broadcast ${broadcastId}: ${rule}`) });
  } finally {
    await database.close();
  }
  return rules;
}
