import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Service } from '../stage/service';

const SENT_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;
const SHOWN = 3;

/** Whether the service works as before, in the calls of a client and in its own log: one line for each thing that is off. */
export async function stillServes(service: Service): Promise<string[]> {
  return [
    ...(await sends(service).catch((error: unknown) => [`afterwards: ${String(error)}`])),
    ...unforeseenIn(service),
  ];
}

async function sends(service: Service): Promise<string[]> {
  // To somebody who can have said STOP in no input.
  const { id } = await service.call('POST', '/broadcast', { message: 'Are you there?', recipients: ['+447700900999'] });
  for (const until = Date.now() + SENT_WITHIN_MS; Date.now() < until;) {
    if ((await service.call('GET', `/broadcast/${id}`)).status === 'completed') return [];
    await sleepFor(LOOK_EVERY_MS);
  }
  return ['afterwards: a broadcast to one person was not sent'];
}

/** Errors are what nobody foresaw, and what a person has to look at: no input may cause either. */
function unforeseenIn(service: Service): string[] {
  const errors = service
    .readLog()
    .split('\n')
    .filter((line) => line.includes('"level":"error"'));
  const distinct = new Map(
    errors.map((line) => [line.replaceAll(/"(?:time|timestamp|requestId)":"[^"]*"/g, ''), line]),
  );
  return [...distinct.values()]
    .slice(0, SHOWN)
    .map((line) => `in the log (${errors.length} errors): ${line.slice(0, 600)}`);
}
