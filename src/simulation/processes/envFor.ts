import { ConfigurationError, parseEnv, type Env } from '../../../config/env';
import { SENDER } from '../faults/drawSenders';
import type { WorldPlan } from '../faults/worldPlan';

const PUBLIC_URL = 'https://texts.example.com';

const envs = new Map<string, Env>();

/** What the owner of a process has set. */
export function envFor({ settings }: WorldPlan, timeoutMs: number): Env {
  const { batchSize, batchDelayMs, maxConcurrency, reconcileAfterMs, hasPublicUrl, hasPowerpack } = settings;
  const raw = {
    PLIVO_AUTH_ID: 'MASIMULATION',
    PLIVO_AUTH_TOKEN: 'token',
    DATABASE_URL: 'sqlite:memory',
    ...(hasPowerpack ? { PLIVO_POWERPACK_UUID: POWERPACK } : { PLIVO_SENDER_ID: SENDER }),
    ...(hasPublicUrl ? { PUBLIC_URL } : {}),
    PLIVO_BULK_MESSAGE_LIMIT: String(batchSize),
    PLIVO_BATCH_DELAY_MS: String(batchDelayMs),
    PLIVO_CALL_SPACING_MS: String(Math.min(20, batchDelayMs)),
    PLIVO_MAX_CONCURRENCY: String(maxConcurrency),
    PLIVO_TIMEOUT_MS: String(timeoutMs),
    PLIVO_RECONCILE_AFTER_MS: String(reconcileAfterMs),
    BROADCAST_WAIT_MS: String(settings.broadcastWaitMs),
    DELIVERY_REPORT_ASK_AFTER_MS: String(settings.reportAskAfterMs),
    DELIVERY_REPORT_TIMEOUT_MS: String(settings.reportTimeoutMs),
    PAUSE_AFTER_FAILED_BATCHES: String(settings.pauseAfterFailedBatches),
    DUPLICATE_WINDOW_HOURS: String(settings.duplicateWindowHours),
    RETENTION_DAYS: String(settings.retentionDays),
    PLIVO_HORIZON_SECONDS: String(settings.horizonSeconds),
    ...(settings.senderRates === null ? {} : { PLIVO_SENDER_RATES: settings.senderRates }),
    ...(settings.textCaps === null ? {} : { MAX_TEXTS_PER_PERSON: settings.textCaps }),
  };
  const key = JSON.stringify(raw);
  const known = envs.get(key);
  if (known !== undefined) return known;
  const env = parsed(raw);
  envs.set(key, env);
  return env;
}

/** Whoever is told that things must not be removed so early does without. */
function parsed(raw: Readonly<Record<string, string>>): Env {
  try {
    return parseEnv(raw);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || raw['RETENTION_DAYS'] === '0') throw error;
    return parseEnv({ ...raw, RETENTION_DAYS: '0' });
  }
}

const POWERPACK = 'powerpack-of-ours';
