import { forcingCharacters, withStandIns, type ForcingCharacter } from '../../domain/text/gsmStandIns';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { Plan, Planning } from './planning';
import { measureMessage, type BroadcastRequest } from './broadcastRequest';
import type { Forecast } from './forecast';

/** What would become of a broadcast if it were sent now. */
export type Preview = {
  readonly plan: Plan;
  /** What keeps the text out of the cheaper alphabet, and the segments it would have with the stand-ins. */
  readonly forcing: readonly ForcingCharacter[];
  readonly perMessageWithStandIns: number;
  /** People whom quiet hours hold back, and when the last of them may be texted; milliseconds since 1970. */
  readonly held: { readonly recipients: number; readonly until: number } | null;
  readonly expectedMs: number;
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
};

export function createPreviewService({ pacing, planning, forecast }: PreviewServiceDeps): PreviewService {
  return {
    async preview(request) {
      const { now } = await pacing.queueState();
      const plan = await planning.plan(request, now, { withDigest: true });
      const held = heldBack(plan);
      return {
        plan,
        forcing: forcingCharacters(request.text),
        perMessageWithStandIns: measureMessage({ ...request, text: withStandIns(request.text) }).segments,
        held,
        expectedMs: (await forecast.now()).durationOf({
          calls: plan.batches.length,
          units: plan.segments,
          held: lastHeld(plan, held),
          startsAt: request.sendAt,
        }),
      };
    },
  };
}

function heldBack({ batches }: Plan): Preview['held'] {
  const held = batches.filter(({ notBefore }) => notBefore !== null);
  if (held.length === 0) return null;
  return {
    recipients: held.reduce((all, { recipients }) => all + recipients.length, 0),
    until: held.reduce((latest, { notBefore }) => Math.max(latest, notBefore ?? 0), 0),
  };
}

/** Those who are held back longest, in calls and units. */
function lastHeld({ batches, measure }: Plan, held: Preview['held']) {
  if (held === null) return null;
  const last = batches.filter(({ notBefore }) => notBefore === held.until);
  const people = last.reduce((all, { recipients }) => all + recipients.length, 0);
  return { until: held.until, calls: last.length, units: people * measure.segments };
}
