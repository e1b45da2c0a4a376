import type { Foundation } from './foundation';
import type { Services } from './services';

/** What a process that is no more was writing; with several, the lease watch finds it. */
export async function cleanUpAfterPredecessor({ store }: Pick<Foundation, 'store'>): Promise<void> {
  if (store.kind !== 'sqlite') return;
  await store.accepting.removeAbandoned({ isOnlyProcess: true });
  await store.deliveries.releaseAll();
}

export type Work = Pick<Services, 'background' | 'errands' | 'dispatcher'>;

export function startWork({ background, errands, dispatcher }: Work): void {
  for (const task of [...background, ...errands]) task.start();
  dispatcher.start();
}

/** Calls under way end for at most `drainMs`. */
export async function stopWork({ background, errands, dispatcher }: Work, drainMs: number): Promise<void> {
  await dispatcher.stop(drainMs);
  await Promise.all([...background, ...errands].map((task) => task.stop()));
}
