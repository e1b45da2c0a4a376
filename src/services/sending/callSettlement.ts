import { faultKindOf, FELT_BY_CALLS, honoured, isOwnFault, pauseMs } from '../../domain/outcome/dispatchFault';
import { ALL_INVALID, type SendFailure, type SendOutcome } from '../../domain/outcome/sendOutcome';
import { retryDelayMs } from '../../domain/outcome/retryPolicy';
import type { Logger } from '../../../config/logger';
import type { Claim } from '../../store/claiming/claimStore';
import type { FaultStore } from '../../store/sending/faultStore';
import type { BatchError, CallSpan, SettleStore } from '../../store/sending/settleStore';
import type { Brake } from './brake';

export type CallSettlementDeps = {
  readonly settling: SettleStore;
  readonly faults: FaultStore;
  readonly brake: Pick<Brake, 'isOn'>;
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

type Failure<Kind extends SendFailure['kind']> = Extract<SendFailure, { kind: Kind }>;

/** Other batches go before the one that met a fault, which may be its own; so does it wait where none else is there. */
const HEAD_START_MS = { first: 100, longest: 2000 };
/** A caller who waits is told before that. */
const LONGEST_WAIT_OF_CALLER_MS = 10_000;

export function createCallSettlement(deps: CallSettlementDeps): CallSettlement {
  const { settling, faults, brake, logger, random, config } = deps;

  async function settle(claim: Claim, outcome: SendOutcome, call: CallSpan): Promise<boolean> {
    switch (outcome.kind) {
      case 'accepted':
        if (await faults.clear(FELT_BY_CALLS)) logger.info('Plivo takes messages again: dispatch goes on');
        return await settling.recordAccepted(claim, outcome, call);
      case 'refused_for_now':
        return await (claim.isAwaited ? tellCaller(claim, outcome) : waitForLine(claim, outcome));
      case 'refused_for_good':
        await lineAnswers();
        if (outcome.code === ALL_INVALID) return await settling.recordAllInvalid(claim, errorOf(outcome));
        return await settling.recordRefusedForGood(claim, errorOf(outcome), config);
      case 'account_fault':
        return await waitForAccount(claim, outcome);
      case 'forbidden':
        return await judgeForbidden(claim, outcome);
      case 'unknown':
        await slowDown();
        return await settling.recordUnknown(claim, errorOf(outcome), call);
      case 'not_made':
        await faults.releaseProbe();
        return await settling.recordNotMade(claim);
    }
  }

  /** Whatever Plivo thinks of this message, it is there. */
  async function lineAnswers(): Promise<void> {
    if (await faults.clear(['line', 'unanswered'])) logger.info('Plivo answers again: dispatch goes on');
    else await faults.releaseProbe();
  }

  /** All dispatch rests, longer each time. */
  async function rest(error: BatchError, askedForMs = 0): Promise<void> {
    const kind = faultKindOf(error.code);
    const pauseFor = (tries: number) => pauseMs({ kind, tries, baseMs: config.retryBaseMs, random: random() });
    const restMs = await faults.record(errorOf(error), pauseFor, askedForMs);
    const said = { ...errorOf(error), retryInMs: restMs };
    if (kind === 'line' || kind === 'unanswered')
      logger.warn('Plivo cannot be reached as it should: dispatch pauses and tries again by itself', said);
    else logger.error('Plivo refuses the account: dispatch pauses and tries again later', said);
  }

  /** What concerns the line uses up no tries: only a batch that is refused while others are taken does. */
  async function waitForLine(claim: Claim, outcome: Failure<'refused_for_now'>): Promise<boolean> {
    if (await isItsOwn(claim)) {
      await lineAnswers();
      return await tryAgain(claim, outcome);
    }
    await rest(outcome, honoured(outcome.retryAfterMs));
    return await putBehindOthers(claim, outcome);
  }

  async function isItsOwn({ lastRefusal, ...batch }: Claim): Promise<boolean> {
    if (lastRefusal === null || faultKindOf(lastRefusal.code) !== 'line') return false;
    return isOwnFault(await faults.callsSince(batch, lastRefusal.at));
  }

  const backOffMs = ({ attempt }: Claim) => retryDelayMs({ attempt, baseMs: config.retryBaseMs, random: random() });

  function tryAgain(claim: Claim, outcome: Failure<'refused_for_now'>): Promise<boolean> {
    if (claim.attempt >= config.maxAttempts)
      return settling.recordRefusedForGood(claim, triesUsedUp(claim, outcome), config);
    const retryInMs = backOffMs(claim);
    return settling.recordRefusedForNow(claim, errorOf(outcome), { retryInMs, countsAsTry: true });
  }

  /** A caller who waits for a single call can act on what it hears: the call uses up its tries, and the caller is told. */
  async function tellCaller(claim: Claim, outcome: Failure<'refused_for_now'>): Promise<boolean> {
    const askedForMs = honoured(outcome.retryAfterMs);
    await rest(outcome, askedForMs);
    if (claim.attempt >= config.maxAttempts || askedForMs > LONGEST_WAIT_OF_CALLER_MS) {
      if (await settling.recordRefusedWhileAwaited(claim, triesUsedUp(claim, outcome))) return true;
      return await putBehindOthers(claim, outcome);
    }
    const retryInMs = Math.max(backOffMs(claim), askedForMs);
    return await settling.recordRefusedForNow(claim, errorOf(outcome), { retryInMs, countsAsTry: true });
  }

  /**
   * Credit and credentials concern every batch. The exception: a single-call broadcast whose caller is still waiting fails
   * at once, so that the caller is told.
   */
  async function waitForAccount(claim: Claim, outcome: Failure<'account_fault' | 'forbidden'>): Promise<boolean> {
    if (claim.isAwaited && (await settling.recordRefusedWhileAwaited(claim, errorOf(outcome)))) {
      await faults.releaseProbe();
      return true;
    }
    await rest(outcome);
    return await putBehindOthers(claim, outcome);
  }

  /**
   * Plivo says 403 of an account and of a message to a country that is closed to it. So another batch tries first: if that
   * is taken and this one forbidden again, it is this one that Plivo does not want.
   */
  async function judgeForbidden(claim: Claim, outcome: Failure<'forbidden'>): Promise<boolean> {
    const { lastRefusal } = claim;
    const isRepeated = lastRefusal !== null && lastRefusal.code === outcome.code;
    if (!isRepeated || (await faults.callsSince(claim, lastRefusal.at)).taken === 0)
      return await waitForAccount(claim, outcome);
    await lineAnswers();
    const reason = `${outcome.reason} Plivo takes other batches: it is this one that it forbids.`;
    return await settling.recordRefusedForGood(claim, { ...errorOf(outcome), reason }, config);
  }

  /** That dispatch rests is written down elsewhere: when the fault is over, the batch is due. */
  function putBehindOthers(claim: Claim, outcome: SendFailure): Promise<boolean> {
    const retryInMs = Math.min(HEAD_START_MS.longest, HEAD_START_MS.first * 2 ** Math.min(claim.refusals, 10));
    return settling.recordRefusedForNow(claim, errorOf(outcome), { retryInMs, countsAsTry: false });
  }

  /** While calls are lost, one at a time feels whether one is answered. */
  async function slowDown(): Promise<void> {
    if (brake.isOn() || (await faults.current()) !== null) await rest(UNANSWERED);
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

const UNANSWERED: BatchError = {
  code: 'unanswered',
  status: null,
  reason: 'Calls to Plivo are lost one after the other; one at a time is made until one is answered.',
};

const errorOf = ({ code, status, reason }: BatchError): BatchError => ({ code, status, reason });

const triesUsedUp = ({ attempt }: Claim, { status, reason }: BatchError): BatchError => ({
  code: 'tries_used_up',
  status,
  reason: `${reason} Gave up after ${attempt} ${attempt === 1 ? 'try' : 'tries'}.`,
});
