import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Service } from '../stage/service';

const LOOK_EVERY_MS = 50;

/** Posts a broadcast and waits until Plivo has taken all of it; returns its id. */
export async function dispatchAll(service: Service, recipients: readonly string[]): Promise<string> {
  const { id } = await service.call('POST', '/broadcast', { message: 'Hello', recipients });
  for (;;) {
    const { status } = await service.call('GET', `/broadcast/${id}`);
    if (status === 'completed') return id;
    if (status !== 'queued' && status !== 'processing') throw new Error(`The broadcast ended as ${status}.`);
    await sleepFor(LOOK_EVERY_MS);
  }
}
