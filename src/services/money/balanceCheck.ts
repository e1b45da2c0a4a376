import { ServiceError } from '../../domain/errors';
import { ACCOUNT_CURRENCY, suffices, type Price } from '../../domain/money/funds';
import { formatAmount } from '../../domain/money/money';
import type { AccountReader, AccountReading } from './accountReader';

/** What the account has, held against a price. */
export type BalanceVerdict = {
  readonly reading: AccountReading;
  /** Null where nobody can tell: no price, no balance, or an account that pays in by itself. */
  readonly isEnough: boolean | null;
  /** Why a broadcast of that price is refused; null where it is not. */
  readonly refusal: string | null;
};

export type BalanceCheck = {
  /** Never rejects, and waits for a silent Plivo no longer than two seconds. */
  verdictOn(price: Price): Promise<BalanceVerdict>;
  /**
   * Asks Plivo only where the price can be held against what it says.
   *
   * @throws ServiceError `insufficient_balance` where the account cannot have enough
   */
  refuseUnaffordable(price: Price): Promise<void>;
};

const USUAL = { maxAgeMs: 10_000, patienceMs: 2000 };
/** Nobody is refused for what was true a while ago: somebody may have paid in since. */
const FRESH = { maxAgeMs: 1000, patienceMs: 2000 };

export function createBalanceCheck({ accountReader }: { readonly accountReader: AccountReader }): BalanceCheck {
  async function verdictOn(price: Price): Promise<BalanceVerdict> {
    const known = await accountReader.read(USUAL);
    const reading = suffices(known.account, price) === false ? await accountReader.read(FRESH) : known;
    const isEnough = suffices(reading.account, price);
    return { reading, isEnough, refusal: isEnough === false ? refusalOf(reading, price) : null };
  }

  return {
    verdictOn,
    async refuseUnaffordable(price) {
      if (price.nanos === null || price.currency !== ACCOUNT_CURRENCY) return;
      const { refusal } = await verdictOn(price);
      if (refusal !== null)
        throw new ServiceError('insufficient_balance', `The broadcast was refused, and nothing was sent. ${refusal}`);
    },
  };
}

function refusalOf({ account }: AccountReading, { nanos, currency }: Price): string {
  const cost = `${formatAmount(nanos ?? 0)} ${currency ?? ''}`;
  const balance = `${formatAmount(account?.balanceNanos ?? 0)} ${ACCOUNT_CURRENCY}`;
  return `It would cost about ${cost}, and the Plivo account has ${balance}. Pay in, or send it with "ignoreBalance": true.`;
}
