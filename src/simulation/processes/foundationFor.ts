import { Kysely } from 'kysely';
import { parseEnv, type Env } from '../../../config/env';
import type { Logger } from '../../../config/logger';
import { plivoConfig } from '../../../config/plivoConfig';
import type { Foundation } from '../../composing/foundation';
import type { Timers } from '../../domain/time/timers';
import { createPlivoService } from '../../services/plivo/plivoService';
import { sqliteEngine } from '../../store/engine/engine';
import type { Schema } from '../../store/engine/schema';
import { storeOn, type Store } from '../../store/store';
import { createTurnDialect } from '../database/turnDialect';
import type { WorldPlan } from '../faults/worldPlan';
import type { Settling } from '../plivo/answers';
import { createPlivoSdk, type PlivoSdk } from '../plivo/plivoSdk';
import { createFates } from './fates';
import type { Ground } from '../ground/ground';
import type { SimulatedProcess } from './simulatedProcess';
import { countFault } from '../ground/worldRecord';

export const SENDER = '+14155550100';
const PUBLIC_URL = 'https://texts.example.com';

/** What `compose` stands on, made of the world instead of the machine. */
export function foundationFor(
  ground: Ground,
  life: SimulatedProcess,
  { timers, timeoutMs }: { timers: Timers; timeoutMs: number },
): Foundation {
  const env = envFor(ground.plan, timeoutMs);
  const config = plivoConfig(env);
  return {
    env,
    config,
    timers,
    logger: loggerFor(ground, life),
    store: storeFor(ground, life, timers),
    plivo: createPlivoService({ ...config, timers, sdk: sdkFor(ground, life, timeoutMs) }),
    clock: ground.clock.now,
    random: ground.chance.next,
    owner: life.name,
  };
}

const STATEMENT_MS = { from: 0.05, to: 3 } as const;

function storeFor(ground: Ground, life: SimulatedProcess, timers: Timers): Store {
  const { timeline, chance, shared, lock, trouble, moments } = ground;
  const turn = () =>
    new Promise<void>((resolve) => {
      timeline.after(STATEMENT_MS.from + chance.next() * (STATEMENT_MS.to - STATEMENT_MS.from), life, resolve);
    });
  const dialect = createTurnDialect({
    shared,
    lock,
    life,
    turn,
    before: trouble.before,
    after(sql, hasChanged) {
      if (hasChanged) timeline.stir();
      moments.statementDone(life);
      if (!life.isDead) trouble.after(sql);
      return !life.isDead;
    },
  });
  const db = new Kysely<Schema>({ dialect });
  const engine = sqliteEngine(ground.clock.now);
  const store = storeOn({ db, engine, nextTurn: timers.nextTurn, close: () => Promise.resolve() });
  // Leases of several owners go by time, as on PostgreSQL.
  return ground.plan.owners === 1 ? store : { ...store, kind: 'postgres' };
}

function sdkFor(ground: Ground, life: SimulatedProcess, timeoutMs: number): PlivoSdk {
  const fates = createFates(ground.plan);
  const { timeline, chance, line, account, answerList, record, moments, trace } = ground;
  return createPlivoSdk({
    timeline,
    chance,
    life,
    timeoutMs,
    line,
    account,
    answerList(fields) {
      record.counts.listRequests++;
      const settling = answerList(fields);
      trace(life.name, 'asks the list', { ...fields, answer: shownList(settling) });
      return settling;
    },
    fateOf(call) {
      const number = moments.counted.calls + 1;
      const { fate, fault } = fates.get(number) ?? NO_FATE;
      if (fault !== null) countFault(record, fault.kind);
      record.calls.push({ ...call, number, at: timeline.now(), by: life.name });
      if (fate !== null && fate.kind === 'lost answer' && fate.share < 1) record.takenInPart.add(call.text);
      trace(life.name, `makes call ${number}`, { text: call.text, to: call.to, fate });
      moments.callMade(life);
      return fate;
    },
  });
}

/** How much a page shows of how much there is. */
function shownList(settling: Settling): string {
  if (settling.kind !== 'resolves') return settling.kind;
  const page = settling.value as readonly unknown[] & { readonly meta: { readonly totalCount?: number } };
  return `${page.length} of ${page.meta.totalCount ?? 'many'}`;
}

const NO_FATE = { fate: null, fault: null } as const;

const envs = new Map<string, Env>();

function envFor({ settings }: WorldPlan, timeoutMs: number): Env {
  const { batchSize, batchDelayMs, maxConcurrency, reconcileAfterMs, hasPublicUrl, hasPowerpack } = settings;
  const raw = {
    PLIVO_AUTH_ID: 'MASIMULATION',
    PLIVO_AUTH_TOKEN: 'token',
    DATABASE_URL: 'sqlite:memory',
    ...(hasPowerpack ? { PLIVO_POWERPACK_UUID: POWERPACK } : { PLIVO_SENDER_ID: SENDER }),
    ...(hasPublicUrl ? { PUBLIC_URL } : {}),
    PLIVO_BULK_MESSAGE_LIMIT: String(batchSize),
    PLIVO_BATCH_DELAY_MS: String(batchDelayMs),
    PLIVO_MAX_CONCURRENCY: String(maxConcurrency),
    PLIVO_TIMEOUT_MS: String(timeoutMs),
    PLIVO_RECONCILE_AFTER_MS: String(reconcileAfterMs),
    BROADCAST_WAIT_MS: String(settings.broadcastWaitMs),
    DELIVERY_REPORT_ASK_AFTER_MS: String(settings.reportAskAfterMs),
    DELIVERY_REPORT_TIMEOUT_MS: String(settings.reportTimeoutMs),
    PAUSE_AFTER_FAILED_BATCHES: String(settings.pauseAfterFailedBatches),
  };
  const key = JSON.stringify(raw);
  const known = envs.get(key);
  if (known !== undefined) return known;
  const env = parseEnv(raw);
  envs.set(key, env);
  return env;
}

const POWERPACK = 'powerpack-of-ours';

function loggerFor({ trace }: Ground, life: SimulatedProcess): Logger {
  const say = (level: string) => (message: string, data?: Readonly<Record<string, unknown>>) =>
    trace(life.name, `${level}: ${message}`, data);
  return { error: say('error'), warn: say('warn'), info: say('info'), debug: () => undefined };
}
