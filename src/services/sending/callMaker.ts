import type { Logger } from '../../../config/logger';
import type { Timers } from '../../domain/time/timers';
import type { Claim } from '../../store/claiming/claimStore';
import type { SettleStore } from '../../store/sending/settleStore';
import type { PlivoService } from '../plivo/plivoService';
import type { BroadcastChanges } from '../telling/broadcastChanges';
import type { Brake } from './brake';
import type { Budget } from './budget';
import type { CallSettlement } from './callSettlement';
import type { CallSlots } from './callSlots';

export type CallMakerDeps = {
  readonly settling: Pick<SettleStore, 'recordNotMade' | 'recordUnknown'>;
  readonly plivo: Pick<PlivoService, 'send'>;
  readonly brake: Pick<Brake, 'note'>;
  readonly slots: Pick<CallSlots, 'giveBack'>;
  readonly budget: Pick<Budget, 'giveBack'>;
  readonly settleCall: CallSettlement;
  readonly changes: BroadcastChanges;
  readonly isStorageUnavailable: (error: unknown) => boolean;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly config: { readonly publicUrl: string | null };
};

/** Does with a claim what can be done with it. */
export type CallMaker = {
  /** Makes the call and writes down how it ended. Never rejects. */
  call(claim: Claim): Promise<void>;
  /** The call is not made, as one may have been made before: the batch is to be looked for. Never rejects. */
  leaveUnknown(claim: Claim, sinceMs: number): Promise<void>;
  /** The call is not made: the batch is free again. Never rejects. */
  giveBack(claim: Claim): Promise<void>;
};

/** While the database is away. */
const STORAGE_RETRY_MS = 500;
const RESTORED = {
  code: 'restored',
  status: null,
  reason: 'The database is a copy that was put back: the batch may have been sent since it was made.',
};

export function createCallMaker(deps: CallMakerDeps): CallMaker {
  const { settling, plivo, brake, slots, budget, settleCall, changes, logger, timers, config } = deps;

  /** An outcome is worth keeping trying for: if it is never written, the batch ends as unconfirmed. */
  async function writeDown(write: () => Promise<unknown>, claim: Claim): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        logger.error('The outcome of a call could not be written', {
          error,
          broadcastId: claim.broadcastId,
          batch: claim.number,
        });
        if (!deps.isStorageUnavailable(error)) return;
        await timers.sleep(STORAGE_RETRY_MS);
      }
    }
  }

  return {
    async call(claim) {
      const startedAt = timers.monotonicMs();
      const outcome = await plivo.send({
        from: claim.origin,
        recipients: claim.recipients,
        text: claim.text,
        callbackUrl: config.publicUrl === null ? null : statusCallbackUrl(config.publicUrl, claim.callbackToken),
        expirySeconds: claim.expirySeconds,
        mediaUrls: claim.mediaUrls,
      });
      brake.note(outcome);
      if (outcome.kind !== 'accepted' && outcome.kind !== 'unknown') {
        await slots.giveBack(claim, startedAt);
        await budget.giveBack(claim);
      }
      const endedAt = timers.monotonicMs();
      const call = {
        beganMsAgo: () => timers.monotonicMs() - startedAt,
        endedMsAgo: () => timers.monotonicMs() - endedAt,
      };
      await writeDown(() => settleCall(claim, outcome, call), claim);
      changes.publish(claim.broadcastId);
    },
    async leaveUnknown(claim, sinceMs) {
      const startedAt = timers.monotonicMs();
      const call = { beganMsAgo: () => sinceMs + timers.monotonicMs() - startedAt, endedMsAgo: () => 0 };
      await writeDown(() => settling.recordUnknown(claim, RESTORED, call), claim);
      changes.publish(claim.broadcastId);
    },
    async giveBack(claim) {
      await writeDown(() => settling.recordNotMade(claim), claim);
    },
  };
}

/** Where Plivo reports on a batch; the token in the path is a second secret beside the signature. */
export const statusCallbackUrl = (publicUrl: string, token: string): string =>
  `${publicUrl}/webhooks/plivo/status/${token}`;
