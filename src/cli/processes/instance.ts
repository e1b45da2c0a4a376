import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { lastingPort } from './lastingPort';
import { platformVariables } from './platformVariables';

export type Program = { readonly file: string; readonly args?: readonly string[] };

/** One process of the service, on one port for its whole life, however often it dies. */
export type Instance = {
  readonly url: string;
  /** Null while it is dead. */
  pid(): number | null;
  /** Starts it where it is dead; resolves when it is ready. */
  start(program: Program, env: Readonly<Record<string, string>>): Promise<void>;
  /** `kill -9`; resolves when it is gone, with the pid it had, null where it was dead already. */
  kill(): Promise<number | null>;
  /** Asks it to end in good order. */
  stop(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** Resolves when it is gone, whoever ended it. */
  gone(): Promise<void>;
};

const READY_WITHIN_MS = 120_000;
const DRAIN_MS = 8000;

/** Those alive, to be ended with this process whatever happens to it. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export type InstanceOptions = {
  readonly folder: string;
  readonly log: string;
  /** Told when it ends without having been asked to. */
  readonly onOwnEnd: (how: string) => void;
};

export async function createInstance({ folder, log, onOwnEnd }: InstanceOptions): Promise<Instance> {
  const port = await lastingPort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let ended: Promise<void> = Promise.resolve();
  let isWanted = false;

  function launch({ file, args = [] }: Program, env: Readonly<Record<string, string>>): void {
    const output = openSync(log, 'a');
    const started = spawn(process.execPath, [file, ...args], {
      // No `.env` of the user's has a say there.
      cwd: folder,
      env: { ...platformVariables(), HOST: '127.0.0.1', PORT: String(port), ...env },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child = started;
    isWanted = true;
    alive.add(started);
    ended = new Promise((resolve) => {
      started.once('error', () => resolve());
      started.once('exit', (code, signal) => {
        alive.delete(started);
        if (child === started) child = null;
        if (isWanted) onOwnEnd(signal ?? `exit code ${code ?? 'unknown'}`);
        resolve();
      });
    });
  }

  async function ready(): Promise<void> {
    for (const until = performance.now() + READY_WITHIN_MS; performance.now() < until;) {
      // Killed before it was ready, on purpose or by itself: whoever did it sees to the rest.
      if (child === null) return;
      const status = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => 0,
      );
      if (status === 200) return;
      await sleepFor(20);
    }
    throw new Error(`An instance was not ready after ${READY_WITHIN_MS / 1000} s; see ${log}.`);
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const pid = child?.pid ?? null;
    isWanted = false;
    child?.kill(signal);
    await ended;
    return pid;
  }

  return {
    url,
    pid: () => child?.pid ?? null,
    async start(program, env) {
      if (child === null) launch(program, env);
      await ready();
    },
    kill: () => end('SIGKILL'),
    async stop() {
      const limit = setTimeout(() => child?.kill('SIGKILL'), DRAIN_MS);
      await end('SIGTERM');
      clearTimeout(limit);
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    gone: () => ended,
  };
}
