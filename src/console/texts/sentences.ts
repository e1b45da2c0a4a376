import type { Broadcast } from '../api/types';
import { batches, people, texts } from './counted';
import { near, number, percent } from './format';

/** One sentence that says how it stands, and nothing that is not known. */
export function sentenceOf(b: Broadcast): string {
  const { delivery: d, batches: n } = b;
  const all = b.recipients.accepted;
  const finish = b.expectedFinishAt === null ? '' : ` Done about ${near(b.expectedFinishAt)}.`;
  const calls = `${number(n.sent)} of ${batches(n.total)} handed to Plivo`;
  switch (b.status) {
    case 'awaiting_approval':
      return `${people(all)} wait until a second person approves. Nobody has been texted.`;
    case 'scheduled':
      if (b.sendAt === null) return `${people(all)} are waiting for their time. Nobody has been texted.`;
      return `${people(all)} will be texted from ${near(b.sendAt)} on. Nobody has been texted.`;
    case 'queued':
      return `Waiting its turn. None of ${people(all)} has been texted yet.${finish}`;
    case 'paused':
      return `Paused with ${calls}: ${number(d.delivered)} of ${people(all)} have it. Nothing further goes until it is resumed.`;
    case 'processing':
      return `Sending: ${number(d.delivered)} of ${people(all)} have it so far, ${calls}.${finish}`;
    case 'cancelled':
      return cancelledOf(b);
    case 'failed':
      return `None of ${people(all)} was texted: no batch went.`;
    case 'partially_failed':
      return `${reportedOf(b)} ${batches(n.failed)} failed for good.`;
    case 'completed':
      return all === 0 ? 'Nobody was left to be texted.' : reportedOf(b);
  }
}

function cancelledOf({ delivery: d, batches: n }: Broadcast): string {
  if (n.pending + n.sending > 0) return 'Cancelled. It is being counted how many texts had gone.';
  const gone = d.delivered + d.undelivered + d.sent + d.queued + d.unknown;
  if (gone + d.failed === 0) return 'Cancelled before anybody was texted.';
  const failed = d.failed === 0 ? '' : ` ${number(d.failed)} failed.`;
  return `Cancelled. ${texts(gone)} had gone by then, ${number(d.cancelled)} never will.${failed}`;
}

/** What is known of those who were texted; whoever was left out since it was accepted does not have it either. */
function reportedOf({ delivery: d, recipients: { accepted: all } }: Broadcast): string {
  const open = d.queued + d.sent + d.unknown;
  const reported = d.delivered + d.undelivered + d.failed;
  if (open === 0 && d.delivered === all) return `${all === 1 ? 'The one person has' : `All ${people(all)} have`} it.`;
  const have = `${number(d.delivered)} of ${people(all)} ${all === 1 ? 'has' : 'have'} it`;
  const missed = all - d.delivered;
  if (open === 0)
    return `${have} (${percent(d.delivered, all)}); ${number(missed)} ${missed === 1 ? 'does' : 'do'} not.`;
  const rate = reported === 0 ? '' : ` (${percent(d.delivered, reported)} of those reported on)`;
  return `${have} so far${rate}; ${texts(open)} still to be reported on.`;
}

/** What a person has to decide, or only to wait for; null where nothing. */
export function needsYouOf(b: Broadcast): string | null {
  if (b.batches.held > 0)
    return `${batches(b.batches.held)} ${b.batches.held === 1 ? 'needs' : 'need'} your decision: it could not be found out whether Plivo has ${b.batches.held === 1 ? 'it' : 'them'}.`;
  if (b.batches.unconfirmed > 0)
    return `The answer to ${batches(b.batches.unconfirmed)} was lost. It is being found out what became of ${b.batches.unconfirmed === 1 ? 'it' : 'them'}; you need not do anything yet.`;
  return null;
}
