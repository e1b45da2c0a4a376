import { Kysely } from 'kysely';
import type { Logger } from '../../../config/logger';
import { plivoConfig } from '../../../config/plivoConfig';
import type { Foundation } from '../../composing/foundation';
import { theNumbers } from '../../composing/numbers';
import type { Timers } from '../../domain/time/timers';
import { createPlivoService } from '../../services/plivo/plivoService';
import { sqliteEngine } from '../../store/engine/engine';
import type { Schema } from '../../store/engine/schema';
import { storeOn, type Store } from '../../store/store';
import { createTurnDialect } from '../database/turnDialect';
import { envFor } from './envFor';
import { sdkFor } from './sdkFor';
import type { Ground } from '../ground/ground';
import type { SimulatedProcess } from './simulatedProcess';

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
    numbers: theNumbers(),
    logger: loggerFor(ground, life),
    store: storeFor(ground, life, timers),
    plivo: createPlivoService({ ...config, timers, sdk: sdkFor(ground, life, timeoutMs) }),
    clock: ground.clock.now,
    random: ground.chance.next,
    owner: life.name,
  };
}

/** A process says every few seconds that it lives: whoever looks for something to do finds nothing new by that. As news, it made worlds six times as slow. */
const SIGN_OF_LIFE = /update pacing set (alive_at|dispatched_until) = \S+ where/;
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
      if (hasChanged && !SIGN_OF_LIFE.test(sql)) timeline.stir();
      moments.statementDone(life);
      if (!life.isDead) trouble.after(sql);
      return !life.isDead;
    },
  });
  const db = new Kysely<Schema>({ dialect });
  const engine = sqliteEngine(ground.clock.now);
  const store = storeOn({
    db,
    engine,
    nextTurn: timers.nextTurn,
    phones: theNumbers(),
    close: () => Promise.resolve(),
  });
  // Leases of several owners go by time, as on PostgreSQL.
  return ground.plan.owners === 1 ? store : { ...store, kind: 'postgres' };
}

function loggerFor({ trace }: Ground, life: SimulatedProcess): Logger {
  const say = (level: string) => (message: string, data?: Readonly<Record<string, unknown>>) =>
    trace(life.name, `${level}: ${message}`, data);
  return { error: say('error'), warn: say('warn'), info: say('info'), debug: () => undefined };
}
