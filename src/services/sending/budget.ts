import type { Logger } from '../../../config/logger';
import { ACCOUNT_CURRENCY, isOpenEnded } from '../../domain/money/funds';
import { formatAmount } from '../../domain/money/money';
import { costOf } from '../../domain/money/segmentPrice';
import type { Pace } from '../../domain/time/pacing';
import type { Timers } from '../../domain/time/timers';
import type { BalanceWord, BudgetState, BudgetStore } from '../../store/sending/budgetStore';
import type { Claim } from '../../store/claiming/claimStore';
import type { FaultStore } from '../../store/sending/faultStore';
import type { AccountReader } from '../money/accountReader';

export type BudgetDeps = {
  readonly budgets: BudgetStore;
  readonly faults: Pick<FaultStore, 'record' | 'clear'>;
  readonly accountReader: AccountReader;
  readonly logger: Logger;
  readonly timers: Pick<Timers, 'monotonicMs' | 'sleep'>;
  /** Instead of the second that all the waits are reckoned in, for tests. */
  readonly lookEveryMs?: number;
  readonly config: {
    /** What is to stay in the account, in billionths; null where dispatch goes by Plivo's own word. */
    readonly minBalance: number | null;
    readonly pace: Pace | null;
  };
};

/** Whether the account can pay for a call beside all that Plivo has waiting. Nothing here rejects. */
export type Budget = {
  /** Brings what is known of the balance up to date, where that is too long ago. */
  prepare(): Promise<void>;
  /** Takes what the call of a claim costs; false, with dispatch at rest, where that would leave too little. */
  covers(claim: Claim): Promise<boolean>;
  /** Plivo did not take it. */
  giveBack(claim: Claim): Promise<void>;
  /** While dispatch rests for want of funds: asks, now and then, whether there is enough; true where it may go on. */
  isBack(): Promise<boolean>;
};

/** In looks, which are seconds: how old the balance may be while texts go, and how often it is asked for while none do. */
const FRESH = 20;
const ASK_AGAIN = 30;
const PATIENCE_MS = 3000;
const LONGEST_TURN_MS = 2 * PATIENCE_MS;
const POLL_MS = 50;
/** Plivo drops what has waited for so long; what it cannot be handed in advance never does. */
const LONGEST_WAIT_MS = 10_800_000;
const SLACK_MS = 300_000;

const LOW_BALANCE = 'low_balance';

export function createBudget(deps: BudgetDeps): Budget {
  const { minBalance } = deps.config;
  return minBalance === null ? createNoBudget(deps) : createKeptBudget(deps, minBalance);
}

/** Nothing is asked. Whatever another setting has stopped goes on. */
function createNoBudget({ faults, logger }: BudgetDeps): Budget {
  return {
    prepare: () => Promise.resolve(),
    covers: () => Promise.resolve(true),
    giveBack: () => Promise.resolve(),
    isBack: () => attempt(logger, true, () => faults.clear(['funds'])),
  };
}

function createKeptBudget(deps: BudgetDeps, minNanos: number): Budget {
  const { budgets, faults, accountReader, logger, timers, config, lookEveryMs = 1000 } = deps;
  const freshMs = FRESH * lookEveryMs;
  const againMs = ASK_AGAIN * lookEveryMs;
  const longestWaitMs =
    config.pace === null ? LONGEST_WAIT_MS : Math.min(LONGEST_WAIT_MS, config.pace.horizonMs + SLACK_MS);
  const costs = new WeakMap<Claim, number>();

  async function ask(): Promise<BudgetState> {
    const { account } = await accountReader.read({ maxAgeMs: 0, patienceMs: PATIENCE_MS });
    const word: BalanceWord =
      account === null
        ? { kind: 'unknown' }
        : isOpenEnded(account)
          ? { kind: 'open' }
          : { kind: 'known', nanos: account.balanceNanos };
    return await budgets.note(word, { minNanos, longestWaitMs });
  }

  /** One instance asks for all; the others wait for what it hears. */
  async function prepare(): Promise<void> {
    const until = timers.monotonicMs() + PATIENCE_MS;
    while (!(await budgets.isFresh(freshMs)) && timers.monotonicMs() < until) {
      if (await budgets.takeTurn({ everyMs: freshMs, forMs: LONGEST_TURN_MS })) {
        await ask();
        return;
      }
      await timers.sleep(POLL_MS);
    }
  }

  async function rest(state: BudgetState): Promise<{ reason: string; retryInMs: number }> {
    const reason = reasonOf(state, minNanos);
    const retryInMs = await faults.record({ code: LOW_BALANCE, status: null, reason }, () => againMs);
    return { reason, retryInMs };
  }

  async function covers(claim: Claim): Promise<boolean> {
    const nanos = costOf(claim.units, await budgets.knownCost(claim.broadcastKey));
    if (await budgets.take(nanos, claim.broadcastKey)) {
      costs.set(claim, nanos);
      return true;
    }
    const told = await rest(await budgets.current());
    logger.error('The Plivo account has too little for what is next: dispatch pauses until somebody pays in', told);
    return false;
  }

  async function isBack(): Promise<boolean> {
    // Without asking: whatever was too dear may have been cancelled.
    if (!isEnough(await budgets.current())) {
      if (!(await budgets.takeTurn({ everyMs: againMs, forMs: LONGEST_TURN_MS }))) return false;
      const state = await ask();
      if (!isEnough(state)) {
        await rest(state);
        return false;
      }
    }
    if (!(await faults.clear(['funds']))) return false;
    logger.info('The Plivo account can pay for what is next: dispatch goes on');
    return true;
  }

  return {
    prepare: () => attempt(logger, undefined, prepare),
    covers: (claim) => attempt(logger, false, () => covers(claim)),
    giveBack: (claim) => attempt(logger, undefined, () => budgets.giveBack(costs.get(claim) ?? 0)),
    isBack: () => attempt(logger, false, isBack),
  };
}

const isEnough = ({ left, needed }: BudgetState): boolean => left === null || (left >= 0 && needed === 0);

async function attempt<Result>(logger: Logger, otherwise: Result, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    logger.error('What the Plivo account can pay for could not be found out', { error });
    return otherwise;
  }
}

function reasonOf({ balance, handed, needed }: BudgetState, minNanos: number): string {
  const amount = (nanos: number) => `${formatAmount(nanos)} ${ACCOUNT_CURRENCY}`;
  const waiting = handed === 0 ? '' : `, of which about ${amount(handed)} are for texts that Plivo still has waiting`;
  const next = needed === 0 ? '' : ` What is next costs about ${amount(needed)}.`;
  return `The Plivo account has ${amount(balance ?? 0)}${waiting}.${next} ${amount(minNanos)} are to stay (PLIVO_MIN_BALANCE). Pay in.`;
}
