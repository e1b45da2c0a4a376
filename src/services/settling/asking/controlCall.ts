import { searchWindows } from '../../../domain/outcome/reconciliation';
import type { CallOrigin, EvidenceStore, KnownCall } from '../../../store/settling/evidenceStore';
import type { MessageList } from './messageList';

/** Milliseconds. */
export type ClockDifference = { readonly aheadMs: number; readonly slackMs: number };

/** `sureFrom`: for calls before, by our clock, it is but presumed to hold, since the clock may have been set in between. */
type KnownDifference = ClockDifference & { readonly sureFrom: number };

/**
 * What a call that was answered, and should show in the list, tells of the list itself.
 * - `shown`: the list shows it, by number, and whether with another sender than we gave. `clock`: by how many milliseconds
 *   Plivo's is ahead of ours, and how far that may be off; null where the call is so far away that ours may have been set since
 * - `missing`: it does not show, so what else it does not show may have been sent all the same
 * - `unknown`: there is no such call, or the list hides the numbers
 */
export type Control =
  | { readonly kind: 'shown'; readonly clock: KnownDifference | null; readonly isSenderReplaced: boolean }
  | { readonly kind: 'missing' | 'unknown' | 'refused' | 'busy' };

/** Beside the width of what is possible: our own times are taken around the call, not in it. */
const GUARD_MS = 25;

/** `steadySince`: our clock has not been set since. */
type LostCall = CallOrigin & { readonly calledAt: number; readonly steadySince: number };

/** Holds Plivo's list against the answered call of the sender that is nearest to a lost one, by one request. */
export async function lookAtControl(
  deps: { readonly evidence: EvidenceStore; readonly list: MessageList },
  calls: readonly KnownCall[],
  { calledAt, sender, powerpackUuid, steadySince }: LostCall,
  signal: AbortSignal,
): Promise<Control> {
  const near = nearestAnswered(calls, calledAt);
  // In a long outage the nearest is far away; it still tells which sender is shown, and that numbers are.
  const call = near ?? (await deps.evidence.nearestAnswered(calledAt, { sender, powerpackUuid }));
  const answer = call === null ? null : await deps.evidence.answerOf(call);
  if (call === null || answer === null) return { kind: 'unknown' };
  const { whole } = searchWindows(call.from, call.to - call.from);
  // Without the sender: where the list shows another than we gave, it is still ours.
  const query = { fromNumber: null, powerpackUuid: null, toNumber: answer.number, ...whole, offset: 0 };
  const page = await deps.list.find(query, signal);
  if (page.kind !== 'listed') return page;
  const own = page.messages.find(({ messageUuid }) => answer.uuids.has(messageUuid));
  if (own === undefined) return { kind: 'missing' };
  if (own.messageTime === null) return { kind: 'unknown' };
  const [latest, earliest] = [own.messageTime - call.from, own.messageTime - call.to];
  return {
    kind: 'shown',
    clock:
      near === null
        ? null
        : {
            aheadMs: (latest + earliest) / 2,
            slackMs: (latest - earliest) / 2 + GUARD_MS,
            sureFrom: near.from >= steadySince ? steadySince : Infinity,
          },
    isSenderReplaced: sender !== null && /^\+\d+$/.test(sender) && own.fromNumber !== sender,
  };
}

/** Whether it is known, not only presumed, where the list shows the messages of a call. */
export const isClockSure = (control: Control, { calledAt }: { readonly calledAt: number }): boolean =>
  control.kind === 'shown' && control.clock !== null && calledAt >= control.clock.sureFrom;

function nearestAnswered(calls: readonly KnownCall[], at: number): KnownCall | null {
  const answered = calls.filter(({ status, least, most }) => status === 'sent' && least === most && least > 0);
  return answered.sort((a, b) => Math.abs(a.from - at) - Math.abs(b.from - at))[0] ?? null;
}
