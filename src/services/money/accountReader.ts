import type { Funds } from '../../domain/money/funds';
import type { Timers } from '../../domain/time/timers';
import type { PlivoService } from '../plivo/plivoService';

/** What the account said, or why it said nothing. */
export type AccountReading = {
  readonly account: Funds | null;
  readonly fault: { readonly code: string; readonly reason: string } | null;
  /** Milliseconds since 1970; null where nothing has come yet. */
  readonly readAt: number | null;
};

export type AccountReader = {
  /**
   * The account as it was at most `maxAgeMs` ago. Never rejects, and does not wait for longer than `patienceMs`: an answer
   * that comes later is there for the next one who asks.
   */
  read(wish: { readonly maxAgeMs: number; readonly patienceMs: number }): Promise<AccountReading>;
};

export type AccountReaderDeps = {
  readonly plivo: Pick<PlivoService, 'readAccount'>;
  readonly timers: Pick<Timers, 'monotonicMs' | 'sleep'>;
  /** The wall clock; milliseconds since 1970. */
  readonly clock: () => number;
};

const NOT_YET: AccountReading = {
  account: null,
  fault: { code: 'timeout', reason: 'Plivo has not told the balance yet.' },
  readAt: null,
};

/** Asks Plivo for the account, once for all who want to know at the same time; that it did not answer is remembered as well. */
export function createAccountReader({ plivo, timers, clock }: AccountReaderDeps): AccountReader {
  let last: { readonly reading: AccountReading; readonly at: number } | null = null;
  let underWay: { readonly reading: Promise<AccountReading>; readonly since: number } | null = null;

  async function ask(): Promise<AccountReading> {
    const outcome = await plivo.readAccount();
    const reading: AccountReading =
      outcome.kind === 'account'
        ? { account: outcome.account, fault: null, readAt: clock() }
        : { account: null, fault: { code: outcome.code, reason: outcome.reason }, readAt: clock() };
    last = { reading, at: timers.monotonicMs() };
    underWay = null;
    return reading;
  }

  return {
    async read({ maxAgeMs, patienceMs }) {
      if (last !== null && timers.monotonicMs() - last.at <= maxAgeMs) return last.reading;
      underWay ??= { reading: ask(), since: timers.monotonicMs() };
      // Whoever comes later waits no longer for it than the first.
      const patienceLeftMs = patienceMs - (timers.monotonicMs() - underWay.since);
      if (patienceLeftMs <= 0) return NOT_YET;
      const answered = new AbortController();
      const reading = underWay.reading.finally(() => answered.abort());
      await Promise.race([reading, timers.sleep(patienceLeftMs, answered.signal)]);
      return answered.signal.aborted ? await reading : NOT_YET;
    },
  };
}
