import { createAccountReader } from '../../../src/services/money/accountReader';
import type { AccountOutcome } from '../../../src/services/plivo/plivoService';

const ACCOUNT = { balanceNanos: 5_000_000_000, autoRecharge: false, billingMode: 'prepaid' };

/** A Plivo that answers when told, and a clock that is moved by hand. */
function world() {
  let now = 0;
  const answers: ((outcome: AccountOutcome) => void)[] = [];
  const sleepers: { at: number; wake: () => void }[] = [];
  const reader = createAccountReader({
    plivo: { readAccount: () => new Promise((resolve) => answers.push(resolve)) },
    timers: {
      monotonicMs: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          sleepers.push({ at: now + ms, wake: resolve });
          signal?.addEventListener('abort', () => resolve());
        }),
    },
    clock: () => now,
  });
  return {
    reader,
    asked: () => answers.length,
    answer: (outcome: AccountOutcome) => answers.at(-1)!(outcome),
    pass: (ms: number) => {
      now += ms;
      for (const { at, wake } of sleepers) if (at <= now) wake();
    },
  };
}

const wish = { maxAgeMs: 10_000, patienceMs: 3000 };
const told: AccountOutcome = { kind: 'account', account: ACCOUNT };

describe('the account as it is read', () => {
  it('is asked for once by those who want to know at the same time', async () => {
    const { reader, asked, answer } = world();
    const readings = [reader.read(wish), reader.read(wish)];
    answer(told);
    for (const reading of await Promise.all(readings)) expect(reading).toMatchObject({ account: ACCOUNT, fault: null });
    expect(asked()).toBe(1);
  });

  it('is asked for again when what is known is too old for whoever asks', async () => {
    const { reader, asked, answer, pass } = world();
    const first = reader.read(wish);
    answer(told);
    await first;
    pass(9000);
    await reader.read(wish);
    expect(asked()).toBe(1);
    const second = reader.read({ ...wish, maxAgeMs: 1000 });
    expect(asked()).toBe(2);
    answer(told);
    expect(await second).toMatchObject({ readAt: 9000 });
  });

  it('is not waited for when Plivo stays silent, and a late answer is there for the next', async () => {
    const { reader, asked, answer, pass } = world();
    const first = reader.read(wish);
    pass(3000);
    expect(await first).toMatchObject({ account: null, fault: { code: 'timeout' }, readAt: null });
    // It is known to be silent: nobody else waits for the same answer.
    expect(await reader.read(wish)).toMatchObject({ account: null, fault: { code: 'timeout' } });
    answer(told);
    expect(await reader.read({ ...wish, patienceMs: 4000 })).toMatchObject({ account: ACCOUNT, readAt: 3000 });
    expect(asked()).toBe(1);
  });

  it('that Plivo does not tell is remembered as well', async () => {
    const { reader, asked, answer } = world();
    const first = reader.read(wish);
    answer({ kind: 'refused', status: 401, code: 'unauthorized', reason: 'No.' });
    expect(await first).toMatchObject({ account: null, fault: { code: 'unauthorized' } });
    await reader.read(wish);
    expect(asked()).toBe(1);
  });
});
