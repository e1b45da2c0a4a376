import type { Broadcast, Preview, RetryPreview } from '../../client/index';
import { inGroups } from '../terminal/inGroups';
import { pairs, printable } from './output';

const BAR_WIDTH = 30;

/** What would become of it, for people. */
export function previewLines(preview: Preview | RetryPreview): string[] {
  const { recipients, segments, cost, batches, expectedSeconds, digest } = preview;
  const faults = preview.invalidRecipients.slice(0, 10);
  return [
    ...pairs([
      ['people', inGroups(recipients.accepted)],
      ['duplicates', recipients.duplicates === 0 ? null : inGroups(recipients.duplicates)],
      ['invalid', recipients.invalid === 0 ? null : inGroups(recipients.invalid)],
      ['opted out', recipients.optedOut === 0 ? null : inGroups(recipients.optedOut)],
      ['parts of texts', `${inGroups(segments.total)} (${segments.encoding})`],
      ['cost', cost === null ? null : `${cost.amount} ${cost.currency}`],
      ['calls to Plivo', inGroups(batches)],
      ['seconds', expectedSeconds],
      ['digest', digest],
    ]),
    ...faults.map(({ value, reason }) => `  ✗ ${printable(value)}: ${printable(reason)}`),
    ...(recipients.invalid > faults.length ? [`  … and ${inGroups(recipients.invalid - faults.length)} more`] : []),
    ...preview.refusals.map((refusal) => `  ✗ ${printable(refusal)}`),
  ];
}

/** How a broadcast stands, for people. */
export function broadcastLines({ id, status, name, batches, delivery, cost, errors }: Broadcast): string[] {
  const { estimated } = cost;
  return [
    ...pairs([
      ['id', id],
      ['name', name],
      ['status', status],
      ['calls to Plivo', `${inGroups(batches.sent)} of ${inGroups(batches.total)}`],
      ...Object.entries(delivery).map(([state, count]) => [state, count === 0 ? null : inGroups(count)] as const),
      ['cost, estimated', estimated === null ? null : `${estimated.amount} ${estimated.currency}`],
    ]),
    ...errors.map(({ message }) => `  ✗ ${printable(message)}`),
  ];
}

/** One line for a bar that is drawn anew in place, so it must not wrap. The bar shows whom nothing keeps waiting any more. */
export function progressBar({ status, batches, delivery }: Broadcast, columns: number): string {
  const all = Object.values(delivery).reduce((sum, count) => sum + count, 0);
  const gone = Math.max(all - delivery.queued, Math.floor(all * shareWithPlivo(batches)));
  const filled = Math.floor((BAR_WIDTH * gone) / Math.max(1, all));
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
  const words = [`${inGroups(gone)}/${inGroups(all)}`, status, `calls ${batches.sent}/${batches.total}`];
  return `${bar} ${words.join('  ')}  delivered ${inGroups(delivery.delivered)}`.slice(0, columns - 1);
}

/** Reports come later, or never, and until then somebody whom Plivo has taken is `queued` as well. */
const shareWithPlivo = ({ total, sent }: Broadcast['batches']): number => (total === 0 ? 0 : sent / total);
