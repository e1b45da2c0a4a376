import { forcingCharacters, withStandIns, type ForcingCharacter } from '../../../domain/text/gsmStandIns';
import { loadsBySender } from '../../../domain/plan/senderLoads';
import { parseQuietHours } from '../../../domain/time/quietHours';
import type { PacingStore } from '../../../store/sending/pacingStore';
import type { BalanceCheck, BalanceVerdict } from '../../money/balanceCheck';
import type { Plan, Planning } from '../planning/planning';
import { measureMessage, type BroadcastRequest } from '../broadcastRequest';
import type { Forecast } from './forecast';
import type { LeftOutOutlook, ReachOutlook } from './reachOutlook';

/** What would become of a broadcast if it were sent now. */
export type Preview = {
  readonly plan: Plan;
  /** What keeps the text out of the cheaper alphabet, and the segments it would have with the stand-ins. */
  readonly forcing: readonly ForcingCharacter[];
  readonly perMessageWithStandIns: number;
  /**
   * People whom quiet hours hold back, at once or as their turn comes too late, and when the last of them may be texted;
   * milliseconds since 1970.
   */
  readonly held: { readonly recipients: number; readonly until: number } | null;
  readonly expectedMs: number;
  /** Whom the claim would leave out, by what stands now. */
  readonly leftOut: LeftOutOutlook;
  /** What the account has, held against what it would cost. */
  readonly balance: BalanceVerdict;
};

export type PreviewService = {
  /**
   * Sends and stores nothing.
   *
   * @throws ServiceError `invalid_request` where somebody has no sender, or one that does not reach them
   */
  preview(request: BroadcastRequest): Promise<Preview>;
};

export type PreviewServiceDeps = {
  readonly pacing: Pick<PacingStore, 'queueState'>;
  readonly planning: Planning;
  readonly forecast: Forecast;
  readonly outlookOnReach: ReachOutlook;
  readonly balances: Pick<BalanceCheck, 'verdictOn'>;
};

export function createPreviewService({
  pacing,
  planning,
  forecast,
  outlookOnReach,
  balances,
}: PreviewServiceDeps): PreviewService {
  return {
    async preview(request) {
      const { now } = await pacing.queueState();
      const plan = await planning.plan(request, now, { withDigest: true });
      const outlook = await forecast.now();
      const quietHours = planning.quietHoursOf(request);
      const hours = quietHours === null ? null : parseQuietHours(quietHours);
      const { startsAt } = plan;
      const held = outlook.heldBack({ loads: plan.loads, hours, startsAt });
      return {
        plan,
        forcing: forcingCharacters(plan.texts?.dearest.text ?? request.text),
        perMessageWithStandIns: measureMessage({ ...request, text: withStandIns(request.text) }).segments,
        held: held?.quiet ?? null,
        leftOut: await outlookOnReach(request, plan.batches),
        balance: await balances.verdictOn(plan),
        expectedMs: outlook.durationOf({
          lanes: loadsBySender(plan.loads),
          isPersonal: request.recipients.texts !== null,
          held: held?.last ?? null,
          startsAt,
        }),
      };
    },
  };
}
