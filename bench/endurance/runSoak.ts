import { setTimeout as sleepFor } from 'node:timers/promises';
import { createSeededRandom } from '../../src/simulator/clockwork/seededRandom';
import { request } from '../load/request';
import type { WaiterProcess } from '../processes/waiter';
import { API_KEY } from '../stage/account';
import { startActor } from '../stage/actor';
import { startPlivo, type SimulatedPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { startService } from '../stage/service';
import { createActs, type Act } from './acts';
import { createPeople } from './newPeople';
import { createSampler, type Sampled } from './sampler';
import { createTally, type Tally } from './tally';
import { startWebhookSink } from './webhookSink';

export type SoakOptions = {
  readonly minutes: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
};

export type SoakResult = Sampled & {
  readonly minutes: number;
  readonly tally: Tally;
  /** As the simulated Plivo counts them; `optedOut` is how many of those who had opted out got one. */
  readonly texted: { readonly people: number; readonly texts: number; readonly optedOut: number };
  readonly webhooks: number;
  /** How the service ended by itself; null where it did not. */
  readonly crash: string | null;
};

/** Rounds of load under way at once. */
const LANES = 6;
const SETTLES_MS = 6000;
const SENT_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 200;
/** Of 32 bytes, as Standard Webhooks has it. */
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const SETTINGS = {
  AUTH_FAILURES_MAX: '0',
  BROADCAST_WAIT_MS: '1000',
  PLIVO_BATCH_DELAY_MS: '10',
  PLIVO_CALL_SPACING_MS: '2',
  WEBHOOK_ALLOW_PRIVATE: 'true',
  WEBHOOK_SECRET,
};

/** Lets the real service, a process of its own, work under a mixed load for a while, and watches what it holds. */
export function runSoak({ minutes, seed, say, signal }: SoakOptions): Promise<SoakResult> {
  return inScope(async (keep) => {
    let crash: string | null = null;
    const sink = keep(await startWebhookSink());
    const database = keep(await createScratch('sqlite', null));
    const plivo = keep(await startPlivo());
    await plivo.ask('set', { deliveryDelayMs: 30, callbackLossShare: 0 });
    const service = keep(
      await startService({
        database,
        plivoUrl: plivo.url,
        env: { ...SETTINGS, WEBHOOK_URL: sink.url },
        onOwnEnd: (how) => {
          crash = how;
        },
      }),
    );
    const waiter = keep(startActor<WaiterProcess>('waiter'));
    await waiter.ask('start', { url: service.url, pid: service.pid });
    const tally = createTally();
    const account = await request({ url: `${service.url}/account`, headers: { 'x-api-key': API_KEY } });
    const { inboundUrl } = JSON.parse(account.text) as { readonly inboundUrl: string };
    const random = createSeededRandom(seed);
    const below = (limit: number) => random.whole(limit);
    const acts = createActs({ url: service.url, inboundUrl, people: createPeople(), tally, below });

    const sampler = createSampler({ service, database, waits: () => waiter.ask('take'), minutes, say });
    await sampler.start();
    const until = Date.now() + minutes * 60_000;
    const isOver = () => Date.now() >= until || signal.aborted || crash !== null;
    const lane = async () => {
      while (!isOver()) await doOne(picked(acts, below), tally);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const texted = await settledLedger(plivo, tally.all());
    for (const from = Date.now(); !sampler.isAllLetGo() && Date.now() < from + KEPT_MS;) await sleepFor(LOOK_EVERY_MS);
    const sampled = await sampler.stop();
    return { ...sampled, minutes, tally: tally.all(), texted, webhooks: sink.count(), crash };
  });
}

function picked(acts: readonly Act[], below: (limit: number) => number): Act {
  let left = below(acts.reduce((sum, { weight }) => sum + weight, 0));
  const act = acts.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  if (act === undefined) throw new Error('There is nothing to do.');
  return act;
}

async function doOne({ name, run }: Act, tally: ReturnType<typeof createTally>): Promise<void> {
  tally.act(name);
  await run().catch((error: unknown) => {
    tally.fault(`${name}: ${String(error)}`);
  });
}

/** The service keeps connections that nobody uses for 125 s (`src/listenTo.ts`). */
const KEPT_MS = 150_000;

/** Once everybody is texted, and a moment later: a second text to somebody comes after the first. */
async function settledLedger(plivo: SimulatedPlivo, { people, optedOut }: Tally): Promise<SoakResult['texted']> {
  for (const until = Date.now() + SENT_WITHIN_MS; Date.now() < until;) {
    if ((await plivo.ask('ledger')).people >= people) break;
    await sleepFor(LOOK_EVERY_MS);
  }
  await sleepFor(SETTLES_MS);
  return { ...(await plivo.ask('ledger')), optedOut: await plivo.ask('textedAmong', optedOut) };
}
