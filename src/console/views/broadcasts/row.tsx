import { may } from '../../api/self';
import type { Broadcast } from '../../api/types';
import { href } from '../../app/router';
import { t } from '../../texts';
import { ago, moment, percent } from '../../texts/format';
import { Badge } from '../../widgets/badge';
import { Bar } from '../../widgets/bar';
import { Icon } from '../../widgets/icon';
import { titleOf } from '../naming';
import { Controls } from './controls';

/** One broadcast at a glance. */
export function Row({ broadcast, onDone }: { broadcast: Broadcast; onDone: () => void }) {
  const { id, name, text, status, delivery, recipients } = broadcast;
  const title = titleOf(broadcast);
  const missed = delivery.undelivered + delivery.failed + delivery.invalid;
  return (
    <li class="card broadcast-row">
      <div class="row-title">
        <a href={href(['broadcasts', id])}>{title}</a>
        {name !== null && text !== null && <p class="row-text">{text}</p>}
      </div>
      <div class="row-state">
        <Badge status={status} words={t.status} />
        {broadcast.test && <span class="badge calm">{t.list.testMark}</span>}
        {broadcast.retryOf !== null && <span class="badge calm">{t.list.retryMark}</span>}
        <time class="small" dateTime={broadcast.createdAt} title={moment(broadcast.createdAt)}>
          {ago(broadcast.createdAt)}
        </time>
      </div>
      <div class="row-progress">
        <Bar delivery={delivery} />
        <p class="row-counts">
          <span>{t.list.deliveredOf(delivery.delivered, recipients.accepted)}</span>
          {delivery.delivered > 0 && <span class="soft">{percent(delivery.delivered, recipients.accepted)}</span>}
          {missed > 0 && <span class="bad-text">{t.list.missedCount(missed)}</span>}
          <span class="soft">{timeOf(broadcast)}</span>
        </p>
        {broadcast.batches.held > 0 && (
          <p class="needs-you">
            <Icon name="alert" />
            {may('send') ? t.list.held(broadcast.batches.held) : t.access.held(broadcast.batches.held)}
          </p>
        )}
        {status === 'paused' && broadcast.errors[0] !== undefined && (
          <p class="needs-you">
            <Icon name="alert" />
            {broadcast.errors[0].message}
          </p>
        )}
      </div>
      <Controls broadcast={broadcast} onDone={onDone} />
    </li>
  );
}

function timeOf({ status, sendAt, expectedFinishAt }: Broadcast): string {
  if (status === 'scheduled' && sendAt !== null) return t.list.starts(sendAt);
  return (status === 'processing' || status === 'queued') && expectedFinishAt !== null
    ? t.list.expected(expectedFinishAt)
    : '';
}
