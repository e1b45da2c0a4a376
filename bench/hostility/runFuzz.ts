import { setTimeout as sleepFor } from 'node:timers/promises';
import { workbookOf } from '../../test/support/zip';
import type { Wait, WaiterProcess } from '../processes/waiter';
import { JWT_AUDIENCE, JWT_ISSUER } from '../stage/account';
import { startActor } from '../stage/actor';
import { startPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch, postgresServer, type EngineName } from '../stage/scratchDatabase';
import { startService, type Service } from '../stage/service';
import { createFindings, type Findings } from './judging/findings';
import { createInputs, type Inputs } from './making/inputs';
import { APPROVAL_ABOVE, prepareKnown, UNREACHABLE } from './known';
import { sendOne } from './sendOne';
import { stillServes } from './stillServes';

export type FuzzOptions = {
  readonly engine: EngineName;
  readonly seed: number;
  /** Places of the inputs, in order. */
  readonly indexes: readonly number[];
  readonly say: (line: string) => void;
  /** Stops the run. */
  readonly signal: AbortSignal;
};

export type FuzzResult = Findings & {
  readonly seconds: number;
  readonly waits: readonly Wait[];
  /** Of the service, once it had seen a tenth of the inputs, and at the end; null where there is no /proc to ask. */
  readonly memoryMb: { readonly before: number | null; readonly after: number | null };
};

/** Connections at once: what one of them does is to keep none of the others waiting. */
const LANES = 12;
const SETTLES_MS = 3000;
const WARM_UP_SHARE = 0.1;
const SAYS_EVERY_MS = 10_000;
/** With so many faults the rest would tell nothing new. */
const MOST_FAULTS = 25;

/**
 * Nothing leaves this machine: without WEBHOOK_SECRET no address to call is taken from an input. Limits of rates are off, as
 * they would answer for what is behind them; the largest body is small, so that larger ones cost little to try.
 */
const SETTINGS = {
  APPROVAL_ABOVE: String(APPROVAL_ABOVE),
  AUTH_FAILURES_MAX: '0',
  BODY_LIMIT: '2mb',
  BROADCAST_WAIT_MS: '100',
  PLIVO_BATCH_DELAY_MS: '10',
  PLIVO_CALL_SPACING_MS: '5',
  JWT_ISSUER,
  JWT_AUDIENCE,
};

/** Sends inputs to the real service in a process of its own, with a simulated Plivo, and looks at every answer. */
export function runFuzz({ engine, seed, indexes, say, signal }: FuzzOptions): Promise<FuzzResult> {
  return inScope(async (keep) => {
    const findings = createFindings();
    const database = keep(await createScratch(engine, postgresServer()));
    const plivo = keep(await startPlivo());
    await plivo.ask('set', {
      deliveryDelayMs: 50,
      callbackLossShare: 0,
      optedOut: UNREACHABLE.map((number) => number.slice(1)),
    });
    const onOwnEnd = (how: string) => findings.crashed(how);
    const service = keep(
      await startService({
        database,
        plivoUrl: plivo.url,
        env: { ...SETTINGS, JWT_JWKS_URL: `${plivo.url}/no-keys` },
        onOwnEnd,
      }),
    );
    const waiter = keep(startActor<WaiterProcess>('waiter'));
    const callbacks = async () => (await plivo.ask('takenCalls', 100)).map(({ callbackUrl }) => callbackUrl);
    const inputs = createInputs(seed, await prepareKnown(service.url, callbacks), await workbook());

    const began = performance.now();
    const warmUp = Math.ceil(indexes.length * WARM_UP_SHARE);
    await waiter.ask('start', { url: service.url, pid: service.pid });
    await sendAll({ inputs, indexes: indexes.slice(0, warmUp), service, findings, say, signal });
    const before = await settledMb(service);
    await sendAll({ inputs, indexes: indexes.slice(warmUp), service, findings, say, signal });
    const seconds = (performance.now() - began) / 1000;
    if (!findings.hasCrashed()) for (const fault of await stillServes(service)) findings.afterwards(fault);
    const after = await settledMb(service);
    const waits = await waiter.ask('stop');
    return { ...findings.all(), seconds, waits, memoryMb: { before, after } };
  });
}

type Sending = Omit<FuzzOptions, 'seed' | 'engine'> & {
  readonly inputs: Inputs;
  readonly service: Service;
  readonly findings: ReturnType<typeof createFindings>;
};

async function sendAll({ inputs, indexes, service, findings, say, signal }: Sending): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (!signal.aborted && !findings.hasCrashed() && findings.faultCount() < MOST_FAULTS) {
      const index = indexes[next++];
      if (index === undefined) return;
      await sendOne(service.url, index, inputs(index), findings);
    }
  };
  const progress = setInterval(() => say(`up to input ${(indexes[next] ?? 0).toLocaleString('en-US')}`), SAYS_EVERY_MS);
  await Promise.all(Array.from({ length: LANES }, lane));
  clearInterval(progress);
}

async function settledMb({ meter }: Service): Promise<number | null> {
  await sleepFor(SETTLES_MS);
  return meter.residentMb();
}

const workbook = (): Promise<Buffer> =>
  workbookOf('<row r="1"><c t="inlineStr"><is><t>phone</t></is></c></row><row r="2"><c><v>14155550101</v></c></row>');
