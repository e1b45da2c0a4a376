import { useLive } from '../api/live';
import { ask } from '../api/request';
import type { AuditEntry, Page } from '../api/types';
import { href, place } from '../app/router';
import { t } from '../texts';
import { ago, moment } from '../texts/format';
import { Card, Empty, NotYet } from '../widgets/looks';
import { OlderOnes } from './pager';

const PAGE = 50;
const EVERY_MS = 10_000;

/** Who changed what, the latest first. */
export function Audit() {
  const cursor = place.value.query.get('cursor') ?? '';
  const { known, refresh } = useLive(
    `audit ${cursor}`,
    (signal) => ask<Page<AuditEntry>>('audit', { query: { cursor, limit: PAGE }, signal }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  return (
    <>
      <header class="head">
        <h1>{t.auditView.title}</h1>
        <p class="hint">{t.auditView.lead}</p>
      </header>
      <NotYet value={value} error={error} onRetry={refresh} />
      {value?.data.length === 0 && <Empty title={t.auditView.empty} />}
      {value !== null && value.data.length > 0 && <Entries entries={value.data} />}
      <OlderOnes next={value?.next} />
    </>
  );
}

function Entries({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <Card>
      <ul class="events">
        {entries.map(({ at, who, action, subject, address }) => (
          <li key={at + action + (subject ?? '')}>
            <span class="row">
              <strong>{action}</strong>
              <span>{t.auditView.by(who, address)}</span>
              <time class="small" dateTime={at} title={moment(at)}>
                {ago(at)}
              </time>
            </span>
            {subject !== null && <Subject action={action} subject={subject} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Subject({ action, subject }: { action: string; subject: string }) {
  if (action.startsWith('broadcast.') && UUID.test(subject))
    return <a href={href(['broadcasts', subject])}>{subject}</a>;
  return <span class="soft address">{subject}</span>;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
