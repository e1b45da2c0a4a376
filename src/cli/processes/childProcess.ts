import { spawn, type StdioOptions } from 'node:child_process';

/** A child process that surely ends. */
export type Child = {
  /** Resolves when it is gone, with its exit code or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Asks it to stop, and ends it when it has not after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
};

export type ChildOptions = {
  readonly file: string;
  readonly args?: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdio: StdioOptions;
  /** Gets what the child writes, where `stdio` pipes its standard output. */
  readonly onOutput?: (text: string) => void;
};

/** Runs a JavaScript file with this Node. */
export function startNode(options: ChildOptions): Child {
  const child = spawn(process.execPath, [options.file, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: options.stdio,
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => options.onOutput?.(text));
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    ended,
    async stop(graceMs = 5000) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
