import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Answer } from '../calls/apiClient';
import { readRecipients } from '../calls/recipientPages';
import { knownCount, settledCount, type BroadcastStatus } from '../calls/broadcastStatus';
import { inGroups } from '../terminal/inGroups';
import { closingTable } from './closingTable';
import { ledgerFaults, type RecipientLine } from './ledgerCheck';
import { createProgressLine, type ProgressOutput } from './progressLine';
import { demoRecipients, type DemoRecipients } from './recipients';
import { leaks } from './logCheck';
import { endOfLog, openStage, type Stage } from './stage';

export type DemoOptions = {
  readonly output: ProgressOutput;
  /** Stops the demo, or ends its look around. */
  readonly signal: AbortSignal;
  /** Leaves everything running until `signal` aborts. */
  readonly keep: boolean;
  readonly logFile: string | null;
};

const TEXT = 'Doors open at 9. See you there!';
const SETTLED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 80;

/**
 * The whole path on this machine: 2,500 people, the real service, a simulated Plivo.
 *
 * @throws Error saying what is off; everything is stopped and removed in every case
 */
export async function runDemo({ output, signal, keep, logFile }: DemoOptions): Promise<void> {
  const say = (text: string) => void output.write(`${text}\n`);
  const people = demoRecipients();
  say('Starting the Plivo simulator and the service …');
  const stage = await openStage({ signal, invalidAtPlivo: people.invalidAtPlivo, logFile });
  try {
    say(`  service    ${stage.url}\n  simulator  ${stage.simulator.url}\n`);
    const startedAt = performance.now();
    const id = await send(stage, people);
    say(`POST /broadcast with ${inGroups(people.submitted.length)} numbers was answered 202.`);
    const broadcast = await follow(stage, id, output, startedAt);
    const seconds = performance.now() - startedAt;
    say(`\n${closingTable(broadcast, seconds).join('\n')}\n`);
    say(await proof(stage, people, broadcast));
    say(await whereToLook(stage, id));
    if (keep) await lookAround(stage, signal, say);
    else say('To look around with everything left running: npm run demo -- --keep');
  } catch (error) {
    // A person who presses Ctrl-C needs no log.
    if (signal.aborted) throw error;
    say(`\nThe end of the service's log:\n${endOfLog(stage)}`);
    throw error;
  } finally {
    await stage.close();
  }
  if (logFile !== null) say(`The service's log is in ${stage.logFile}`);
}

async function send(stage: Stage, people: DemoRecipients): Promise<string> {
  const answer = await stage.api({
    method: 'POST',
    path: '/broadcast',
    key: stage.apiKey,
    json: { message: TEXT, recipients: people.submitted, name: 'Demo' },
  });
  if (answer.status !== 202) throw new Error(`POST /broadcast was answered ${answer.status}: ${detailOf(answer)}`);
  return (answer.body as BroadcastStatus).id;
}

/** Until the last person is settled. */
async function follow(stage: Stage, id: string, output: ProgressOutput, startedAt: number): Promise<BroadcastStatus> {
  const line = createProgressLine(output);
  try {
    for (;;) {
      const broadcast = await Promise.race([read<BroadcastStatus>(stage, `/broadcast/${id}`), stage.interrupted]);
      const elapsedMs = performance.now() - startedAt;
      line.show(broadcast, elapsedMs);
      if (settledCount(broadcast) === knownCount(broadcast)) return broadcast;
      if (elapsedMs > SETTLED_WITHIN_MS) throw new Error(`Not everybody was settled: ${causesOf(broadcast)}`);
      await sleepFor(LOOK_EVERY_MS);
    }
  } finally {
    line.end();
  }
}

function causesOf({ status, delivery, errors }: BroadcastStatus): string {
  const causes = errors.map(({ message }) => message).join(' ');
  return `the broadcast is ${status}, delivery stands at ${JSON.stringify(delivery)}. ${causes}`;
}

async function proof(stage: Stage, people: DemoRecipients, broadcast: BroadcastStatus): Promise<string> {
  const lines = await readRecipients<RecipientLine>((path) => read(stage, path), broadcast.id);
  const faults = ledgerFaults(stage.simulator, people, broadcast, lines);
  if (faults.length > 0) throw new Error(`Checked against the simulator's ledger: ${faults.join('; ')}.`);
  const found = leaks(stage.readLog(), { text: TEXT, numbers: people.distinct, secrets: secretsOf(stage) });
  if (found.length > 0) throw new Error(`The service's log holds what it must not: ${found.join(', ')}.`);
  const total = inGroups(people.distinct.length);
  const texted = inGroups(people.distinct.length - people.invalidAtPlivo.length);
  return `Checked against the simulator's ledger: ${texted} people got exactly one text each, ${people.invalidAtPlivo.length} numbers
were refused by Plivo as invalid, ${total} of ${total} are accounted for. The service's log holds no number, text, key or token.`;
}

/** The tokens of the batches are read from the addresses that Plivo was given for its reports. */
const secretsOf = ({ simulator, secrets }: Stage): string[] => [
  ...secrets,
  ...simulator.calls().map(({ body }) => String(body['url']).split('/').at(-1) ?? ''),
];

async function read<T>({ api, apiKey }: Stage, path: string): Promise<T> {
  const answer = await api({ path, key: apiKey });
  if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}: ${detailOf(answer)}`);
  return answer.body as T;
}

const detailOf = ({ body }: Answer): string =>
  typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : 'no details';

/** The dashboard's address, once the service serves one; until then the status is read with curl. */
async function whereToLook({ url, apiKey, api }: Stage, id: string): Promise<string> {
  const page = await api({ path: '/', key: apiKey });
  const hasDashboard = page.status === 200 && page.headers.get('content-type')?.startsWith('text/html') === true;
  const status = `Status     ${url}/broadcast/${id}`;
  return hasDashboard ? `Dashboard  ${url}/\n${status}` : `${status} (a dashboard is not part of this version yet)`;
}

async function lookAround(stage: Stage, signal: AbortSignal, say: (text: string) => void): Promise<void> {
  const { url, apiKey, simulator, logFile } = stage;
  say(`
Everything stays up until Ctrl-C.
  API key            ${apiKey}
  service log        ${logFile}
  simulator control  ${simulator.controlUrl}

Try:
  curl -H 'x-api-key: ${apiKey}' '${url}/broadcast'
  curl -H 'x-api-key: ${apiKey}' '${url}/broadcast?status=completed&limit=1'
  curl -H 'x-api-key: ${apiKey}' -H 'content-type: application/json' \\
    -d '{"message":"Hello","recipients":["+14155550123"]}' '${url}/broadcast'
  curl '${simulator.controlUrl}/ledger'`);
  await stage.interrupted.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
