import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { inheritedEnv } from '../../config/env';
import { meterOf, type ProcessMeter } from '../measure/processMeter';
import type { Answer, Methods, Question } from './actorSide';

/** A process of its own that does one kind of work when asked. */
export type Actor<M extends Methods> = {
  readonly meter: ProcessMeter;
  /** @throws Error with the message of what was thrown over there */
  ask<K extends keyof M & string>(method: K, ...argument: Parameters<M[K]>): Promise<Awaited<ReturnType<M[K]>>>;
  close(): Promise<void>;
};

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** `name`: a file in processes/. */
export function startActor<M extends Methods>(name: string): Actor<M> {
  const child = fork(join(__dirname, '../processes', `${name}.js`), {
    // Nothing of ours configures it, least of all a proxy, which Plivo's SDK would use.
    env: { NODE_ENV: 'production', PATH: inheritedEnv()['PATH'] },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, Waiting>();
  let asked = 0;

  child.on('message', ({ id, value, error }: Answer) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error === null) asker?.resolve(value);
    else asker?.reject(new Error(`${name}: ${error}`));
  });
  const gone = goneOf(child);
  void gone.then((how) => {
    for (const asker of waiting.values()) asker.reject(new Error(`The process ${name} ended by itself (${how}).`));
    waiting.clear();
  });

  return {
    meter: meterOf(child.pid ?? null),
    ask: (method, ...[argument]) =>
      new Promise((resolve, reject) => {
        const question: Question = { id: ++asked, method, argument };
        waiting.set(question.id, { resolve: resolve as (value: unknown) => void, reject });
        child.send(question, (error) => {
          if (error !== null) reject(error);
        });
      }),
    async close() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const goneOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  });
