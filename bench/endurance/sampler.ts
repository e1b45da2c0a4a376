import type { Wait } from '../processes/waiter';
import type { ScratchDatabase } from '../stage/scratchDatabase';
import type { Service } from '../stage/service';
import type { Point } from './slope';

/** The state of the service at a moment, and how long others had to wait for it since the moment before. */
export type Sample = {
  readonly minutes: number;
  readonly memoryMb: number | null;
  readonly descriptors: number | null;
  readonly databaseMb: number;
  readonly waits: readonly Wait[];
};

export type Sampled = {
  /** At the start, after each tenth, and once all was settled. */
  readonly samples: readonly Sample[];
  /** Each second, as long as there was load. */
  readonly memory: readonly Point[];
};

const TENTHS = 10;
const SECOND_MS = 1000;

export type SamplerDeps = {
  readonly service: Service;
  readonly database: ScratchDatabase;
  /** Those since the last call. */
  readonly waits: () => Promise<readonly Wait[]>;
  readonly minutes: number;
  readonly say: (line: string) => void;
};

/** Connections that are kept for the next request come and go. */
export const MOST_MORE_DESCRIPTORS = 30;

export function createSampler({ service, database, waits, minutes, say }: SamplerDeps) {
  const samples: Sample[] = [];
  const memory: Point[] = [];
  const timers: NodeJS.Timeout[] = [];
  let began = 0;
  const elapsed = () => (performance.now() - began) / 60_000;

  async function take(): Promise<void> {
    samples.push({
      minutes: elapsed(),
      memoryMb: service.meter.residentMb(),
      descriptors: service.meter.descriptors(),
      databaseMb: await database.sizeMb(),
      waits: await waits(),
    });
    if (samples.length <= TENTHS + 1) say(`${samples.length - 1} of ${TENTHS} tenths`);
  }

  return {
    async start(): Promise<void> {
      began = performance.now();
      await take();
      timers.push(
        setInterval(() => void take(), (minutes * 60_000) / TENTHS),
        setInterval(() => {
          const value = service.meter.residentMb();
          if (value !== null && elapsed() <= minutes) memory.push({ minutes: elapsed(), value });
        }, SECOND_MS),
      );
      // The last is taken once everything is settled.
      setTimeout(() => clearInterval(timers[0]), minutes * 60_000 + SECOND_MS).unref();
    },
    /** Whether what was opened since the start is closed again. */
    isAllLetGo: () => (service.meter.descriptors() ?? 0) - (samples[0]?.descriptors ?? 0) <= MOST_MORE_DESCRIPTORS,

    async stop(): Promise<Sampled> {
      for (const timer of timers) clearInterval(timer);
      await take();
      return { samples, memory };
    },
  };
}
