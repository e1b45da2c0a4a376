import { searchWindows } from '../../domain/outcome/reconciliation';
import type { CallOrigin, EvidenceStore, KnownCall } from '../../store/settling/evidenceStore';
import type { MessageList } from './messageList';

/**
 * What a call that was answered, and should show in the list, tells of the list itself.
 * - `shown`: the list shows it; by how many milliseconds Plivo's clock is ahead of ours, how far that may be off, and
 *   whether it shows another sender than we gave
 * - `missing`: it does not show, so what else it does not show may have been sent all the same
 * - `unknown`: there is no such call, or the list hides the numbers
 */
export type Control =
  | { readonly kind: 'shown'; readonly aheadMs: number; readonly slackMs: number; readonly isSenderReplaced: boolean }
  | { readonly kind: 'missing' | 'unknown' | 'refused' | 'busy' };

/** Beside the width of what is possible: our own times are taken around the call, not in it. */
const GUARD_MS = 25;

/** Holds Plivo's list against the answered call of the sender that is nearest to a lost one, by one request. */
export async function lookAtControl(
  deps: { readonly evidence: EvidenceStore; readonly list: MessageList },
  calls: readonly KnownCall[],
  { calledAt, sender, powerpackUuid }: CallOrigin & { readonly calledAt: number },
  signal: AbortSignal,
): Promise<Control> {
  // In a long outage the nearest is far away; it still tells which sender is shown, and of the clocks.
  const call =
    nearestAnswered(calls, calledAt) ?? (await deps.evidence.nearestAnswered(calledAt, { sender, powerpackUuid }));
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
    aheadMs: (latest + earliest) / 2,
    slackMs: (latest - earliest) / 2 + GUARD_MS,
    isSenderReplaced: sender !== null && /^\+\d+$/.test(sender) && own.fromNumber !== sender,
  };
}

function nearestAnswered(calls: readonly KnownCall[], at: number): KnownCall | null {
  const answered = calls.filter(({ status, least, most }) => status === 'sent' && least === most && least > 0);
  return answered.sort((a, b) => Math.abs(a.from - at) - Math.abs(b.from - at))[0] ?? null;
}
