import { chownSync, closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastingPort } from '../../processes/lastingPort';
import type { PostgresPrograms } from './postgresPrograms';

/** `fast` breaks every connection and ends in good order; `immediate` is a crash, after which the server recovers. */
export const RESTART_MODES = ['fast', 'immediate'] as const;
export type RestartMode = (typeof RESTART_MODES)[number];

/** A PostgreSQL server of the test's own, on loopback and in a temporary folder: this one may be restarted. */
export type OwnCluster = {
  readonly url: string;
  readonly folder: string;
  /** Resolves when it answers again. */
  restart(mode: RestartMode): Promise<void>;
  /** Ends it; with `keep`, its folder stays. */
  stop(keep: boolean): Promise<void>;
};

/** Those that run, to be ended with this process whatever happens to it. */
const running = new Set<() => void>();
process.on('exit', () => {
  for (const end of running) end();
});

const HOST = '127.0.0.1';

export async function startOwnCluster(programs: PostgresPrograms): Promise<OwnCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'sms-crash-cluster-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const data = join(folder, 'data');
  const port = await lastingPort();
  // Whoever runs it must be able to write beside its data: the socket and what it says.
  if (programs.owner !== null) chownSync(folder, programs.owner.uid, programs.owner.gid);
  const output = openSync(join(folder, 'log'), 'a');
  const run = (program: 'initdb' | 'pg_ctl', ...args: string[]) => programs.run(program, args, { folder, output });
  const control = (...args: string[]) => run('pg_ctl', `--pgdata=${data}`, '--wait', ...args);

  const stopAtOnce = [`--pgdata=${data}`, '--mode=immediate', 'stop'];
  const endAtExit = () => {
    programs.runAtExit('pg_ctl', stopAtOnce, { folder });
    remove();
  };
  running.add(endAtExit);
  const over = () => {
    running.delete(endAtExit);
    closeSync(output);
  };
  try {
    await run('initdb', '--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync', `--pgdata=${data}`);
    await control(`--options=-p ${port} -h ${HOST} -k ${folder}`, 'start');
  } catch (error) {
    endAtExit();
    over();
    throw error;
  }
  return {
    url: `postgres://postgres@${HOST}:${port}/postgres`,
    folder,
    restart: (mode) => control(`--mode=${mode}`, 'restart'),
    async stop(keep) {
      await control('--mode=fast', 'stop');
      over();
      if (!keep) remove();
    },
  };
}
