import { startNode, type Child } from '../processes/childProcess';

/** The service as a child process that is started anew after every change. */
export type DevService = {
  /** Ends the one that runs, if any, and starts another. Calls made meanwhile become one. */
  restart(): void;
  stop(): Promise<void>;
};

export type DevServiceOptions = {
  readonly file: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (text: string) => void;
};

export function createDevService({ file, cwd, env, say }: DevServiceOptions): DevService {
  let running: Child | null = null;
  let wanted = false;
  let stopped = false;
  let work: Promise<void> = Promise.resolve();

  /** The old one must be gone first: it holds the port and the database file. */
  async function replace(): Promise<void> {
    if (!wanted || stopped) return;
    wanted = false;
    const former = running;
    running = null;
    await former?.stop();
    const child = startNode({ file, cwd, env, stdio: 'inherit' });
    running = child;
    void child.ended.then((how) => {
      if (running !== child || stopped) return;
      running = null;
      say(`The service ended (${how}). It starts again after the next change.`);
    });
  }

  return {
    restart() {
      wanted = true;
      work = work.then(replace);
    },
    async stop() {
      stopped = true;
      await work;
      await running?.stop();
    },
  };
}
