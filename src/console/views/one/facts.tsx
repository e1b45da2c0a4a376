import type { ComponentChildren } from 'preact';
import type { Broadcast } from '../../api/types';
import { href } from '../../app/router';
import { t } from '../../texts';
import { moment } from '../../texts/format';
import { Card } from '../../widgets/looks';

/** What it was asked to be. */
export function Facts({ broadcast: b }: { broadcast: Broadcast }) {
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    [t.one.accepted, t.one.acceptedOf(b)],
    [t.one.segments, t.one.segmentsOf(b)],
    [t.one.sender, b.sender],
    [t.one.created, moment(b.createdAt)],
    [t.one.sendAt, b.sendAtLocal !== null ? t.one.local(b.sendAtLocal) : b.sendAt === null ? null : moment(b.sendAt)],
    [t.one.finished, b.processedAt === null ? t.one.notYet : moment(b.processedAt)],
    [t.one.canary, b.canary === null ? null : t.one.canaryOf(b.canary.picked, t.one.canaryState[b.canary.state])],
    [t.one.quiet, b.quietHours],
    [t.one.topic, b.topic],
    [t.one.template, b.template?.name ?? null],
    [t.one.lists, b.lists.join(', ')],
    [t.one.without, b.exceptLists.join(', ')],
    [t.one.retryOf, b.retryOf === null ? null : <a href={href(['broadcasts', b.retryOf])}>{t.one.retryOfLink}</a>],
    [t.one.id, <code key="id">{b.id}</code>],
  ];
  return (
    <Card title={t.one.facts}>
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== null && value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Card>
  );
}
