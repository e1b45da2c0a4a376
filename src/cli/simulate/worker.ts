import { openSharedDatabase } from '../../simulation/database/sharedDatabase';
import { playSeed, type SeedRange } from './seedRun';

/** One of several processes that share the seeds: plays what it is sent and sends back what came of it. */
async function work(): Promise<void> {
  const shared = await openSharedDatabase();
  let seed = 0;
  process.on('unhandledRejection', (error) => {
    process.send?.({ seed, broken: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
  const play = async ({ from, count, without }: SeedRange) => {
    for (seed = from; seed < from + count; seed++) process.send?.(await playSeed(shared, seed, { without }));
    process.send?.({ done: true });
  };
  process.on('message', (range: SeedRange) => void play(range));
  process.send?.({ done: true });
}

void work();
