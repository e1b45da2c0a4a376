import type { Env } from '../../../../config/env';
import { plivoConfig, type PlivoConfig } from '../../../../config/plivoConfig';
import { inboundPathOf } from '../../../composing/inboundUrl';
import { theCountries } from '../../../composing/numbers';
import { realTimers } from '../../../composing/realTimers';
import { createPlivoService, type PlivoService } from '../../../services/plivo/plivoService';
import type { ClockFacts, Facts, InboundAddress } from '../facts';
import { askDatabase } from './askDatabase';
import { askSenders } from './askSenders';
import { askSignatures } from './askSignatures';
import { askReach, type Resolve } from './askWeb';

export type Asking = {
  /** For each question. */
  readonly timeoutMs: number;
  readonly resolve: Resolve;
  /** The wall clock; milliseconds since 1970. */
  readonly clock: () => number;
};

/** Asks everybody at the same time, by the configuration that the service has. Never rejects. */
export async function askAll(env: Env, asking: Asking): Promise<Facts> {
  const { timeoutMs } = asking;
  const config = plivoConfig(env);
  const { publicUrl, authToken } = config;
  const plivo = createPlivoService({ ...config, timeoutMs, timers: realTimers });
  try {
    const [{ facts: database, inboundToken }, account, clock, senders, reach, signatures] = await Promise.all([
      askDatabase(env.DATABASE_URL, timeoutMs),
      plivo.readAccount(),
      askClock(plivo, asking),
      askSenders(config.senders.values(), { plivo, countryOf: theCountries() }),
      publicUrl === null ? null : askReach(publicUrl, { ...asking, apiUrl: config.apiUrl }),
      publicUrl === null ? null : askSignatures(publicUrl, { authToken, timeoutMs }),
    ]);
    const inbound = inboundAddress(config, env.INBOUND_TOKEN ?? inboundToken);
    return { config, database, account, clock, senders, inbound, reach, signatures };
  } finally {
    plivo.close();
  }
}

async function askClock(plivo: Pick<PlivoService, 'readClock'>, { clock }: Asking): Promise<ClockFacts> {
  const before = clock();
  const outcome = await plivo.readClock();
  return { outcome, now: (before + clock()) / 2 };
}

function inboundAddress({ publicUrl, publicUrlForms }: PlivoConfig, token: string | null): InboundAddress {
  if (publicUrl === null) return { kind: 'noPublicUrl' };
  if (token === null) return { kind: 'notMadeYet' };
  const below = (path: string) => [publicUrl, ...publicUrlForms].map((url) => `${url}${path}`);
  const plain = below(inboundPathOf(null));
  return { kind: 'known', urls: token === 'none' ? plain : below(inboundPathOf(token)), plainUrls: plain };
}
