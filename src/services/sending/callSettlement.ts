import type { SendOutcome } from '../../domain/outcome/sendOutcome';
import { retryDelayMs } from '../../domain/outcome/retryPolicy';
import type { Logger } from '../../../config/logger';
import type { Claim } from '../../store/sending/claimStore';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { BatchError, CallSpan, SettleStore } from '../../store/sending/settleStore';

export type CallSettlementDeps = {
  readonly settling: SettleStore;
  readonly pacing: PacingStore;
  readonly logger: Logger;
  /** 0 to 1. */
  readonly random: () => number;
  readonly config: {
    readonly maxAttempts: number;
    readonly retryBaseMs: number;
    /** Batches refused for good in a row that pause their broadcast; 0 never does. */
    readonly pauseAt: number;
  };
};

/** Writes down how a call ended, and what follows from it. */
export type CallSettlement = (claim: Claim, outcome: SendOutcome, call: CallSpan) => Promise<void>;

/** An account fault is retried slowly: from 25 times the first back-off (5 s by default), doubling up to a minute. */
const FAULT_BASE_FACTOR = 25;
const LONGEST_FAULT_RETRY_MS = 60_000;

export function createCallSettlement(deps: CallSettlementDeps): CallSettlement {
  const { settling, pacing, logger, random, config } = deps;

  async function settle(claim: Claim, outcome: SendOutcome, call: CallSpan): Promise<boolean> {
    switch (outcome.kind) {
      case 'accepted':
        await endFault();
        return await settling.recordAccepted(claim, outcome, call);
      case 'refused_for_now':
        return await refuseForNow(claim, outcome);
      case 'refused_for_good':
        return await settling.recordRefusedForGood(claim, errorOf(outcome), config);
      case 'account_fault':
        return await stopDispatch(claim, errorOf(outcome));
      case 'unknown':
        return await settling.recordUnknown(claim, errorOf(outcome), call);
    }
  }

  async function endFault(): Promise<void> {
    if (await pacing.clearFault()) logger.info('Plivo takes messages again: dispatch goes on');
  }

  function refuseForNow(claim: Claim, outcome: Exclude<SendOutcome, { kind: 'accepted' }>): Promise<boolean> {
    if (claim.attempt >= config.maxAttempts) {
      const reason = `${outcome.reason} Gave up after ${claim.attempt} tries.`;
      return settling.recordRefusedForGood(claim, { code: 'tries_used_up', status: outcome.status, reason }, config);
    }
    const retryInMs = retryDelayMs({ attempt: claim.attempt, baseMs: config.retryBaseMs, random: random() });
    return settling.recordRefusedForNow(claim, errorOf(outcome), { retryInMs, countsAsTry: true });
  }

  /**
   * Credit, credentials and permission concern every batch. The exception: a single-call broadcast whose caller is
   * still waiting fails at once, so that the caller is told.
   */
  async function stopDispatch(claim: Claim, error: BatchError): Promise<boolean> {
    if (claim.isSingleCall && (await settling.recordRefusedWhileAwaited(claim, error))) return true;
    await pacing.recordFault(error, (tries) =>
      Math.min(LONGEST_FAULT_RETRY_MS, config.retryBaseMs * FAULT_BASE_FACTOR * 2 ** Math.min(tries - 1, 20)),
    );
    logger.error('Plivo refuses the account: dispatch pauses and tries again later', error);
    return await settling.recordRefusedForNow(claim, error, { retryInMs: 0, countsAsTry: false });
  }

  return async (claim, outcome, call) => {
    const data = { broadcastId: claim.broadcastId, batch: claim.number, attempt: claim.attempt };
    const written = await settle(claim, outcome, call);
    if (!written)
      logger.warn('The outcome of a call came after its batch had moved on', { ...data, outcome: outcome.kind });
    else if (outcome.kind === 'accepted')
      logger.info('Plivo took a batch', { ...data, texts: outcome.messageUuids.length });
    else logger.warn('Plivo did not confirm a batch', { ...data, outcome: outcome.kind, ...errorOf(outcome) });
  };
}

const errorOf = ({ code, status, reason }: BatchError): BatchError => ({ code, status, reason });
