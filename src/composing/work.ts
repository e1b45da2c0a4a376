import type { Foundation } from './foundation';
import type { Services } from './services';

/** What a process that is no more was writing; with several, the lease watch finds it. */
export async function cleanUpAfterPredecessor({ store }: Pick<Foundation, 'store'>): Promise<void> {
  if (store.kind !== 'sqlite') return;
  await store.accepting.removeAbandoned({ isOnlyProcess: true });
  await store.deliveries.releaseAll();
}

export function startWork({ background, dispatcher }: Services): void {
  for (const task of background) task.start();
  dispatcher.start();
}

/** Calls under way end for at most `drainMs`. */
export async function stopWork({ background, dispatcher }: Services, drainMs: number): Promise<void> {
  await dispatcher.stop(drainMs);
  await Promise.all(background.map((task) => task.stop()));
}
