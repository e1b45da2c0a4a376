import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { once } from '../../api/attempts';
import { useLive } from '../../api/live';
import { ask } from '../../api/request';
import { may } from '../../api/self';
import type { Broadcast, Page, PersonRow, PersonStatus, Preview } from '../../api/types';
import { go } from '../../app/router';
import { t } from '../../texts';
import { money, number } from '../../texts/format';
import { announce } from '../../widgets/announce';
import { confirm } from '../../widgets/confirm';
import { Card, wordsOf } from '../../widgets/looks';
import { shortTitleOf } from '../naming';
import { paceOf, useMoving } from './pace';

/** So many of each kind are looked at; there is no count by reason to ask for. */
const LOOKED_AT = 1000;
const LEAST_MS = 10_000;
const KINDS = ['undelivered', 'failed', 'invalid', 'cancelled'] as const;

type Reason = { readonly words: string; readonly code: string | null; readonly count: number };

/** Why some did not get it, the commonest reason first, and what to do about it. */
export function Reasons({ broadcast, onDone }: { broadcast: Broadcast; onDone: () => void }) {
  const { id, delivery } = broadcast;
  const missed = KINDS.filter((kind) => delivery[kind] > 0);
  const { known } = useLive(
    `reasons ${id} ${missed.join()}`,
    async (signal) => {
      const pages = missed.map((status) =>
        ask<Page<PersonRow>>(`broadcast/${id}/recipients`, { query: { status, limit: LOOKED_AT }, signal }),
      );
      return (await Promise.all(pages)).flatMap(({ data }) => data);
    },
    Math.max(LEAST_MS, paceOf(broadcast)),
    { news: broadcast },
  );
  const isMoving = useMoving(broadcast);
  const last = useRef<readonly PersonRow[]>([]);
  // Another kind of reason takes those away that are known only once it has come.
  last.current = known.value.value ?? last.current;
  const rows = missed.length === 0 ? [] : last.current;
  if (rows.length === 0) return isMoving && <Card title={t.one.reasons} hint={t.one.nobodyYet} children={null} />;
  // Rows come a little after the counts: that some are missing for a moment is nothing to be told.
  const isPart = missed.some((kind) => delivery[kind] > LOOKED_AT);
  const reasons = grouped(rows);
  return (
    <Card
      title={t.one.reasons}
      {...(isPart ? { hint: t.one.reasonsPartly(rows.length) } : {})}
      end={
        may('send') && delivery.undelivered + delivery.failed > 0 && <SendAgain broadcast={broadcast} onDone={onDone} />
      }
    >
      <ul class="reasons">
        {reasons.map(({ words, code, count }) => (
          <li key={words}>
            <span class="reason-count">{number(count)}</span>
            <span>
              {words} {code !== null && /^\d+$/.test(code) && <span class="soft">({code})</span>}
            </span>
            <span
              class="reason-bar"
              aria-hidden="true"
              style={{ width: `${(100 * count) / (reasons[0]?.count ?? count)}%` }}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function grouped(rows: readonly PersonRow[]): Reason[] {
  const found = new Map<string, Reason>();
  for (const { status, errorReason, errorCode } of rows) {
    const words = errorReason ?? reasonless(status);
    const known = found.get(words);
    found.set(words, { words, code: errorCode, count: (known?.count ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

const reasonless = (status: PersonStatus): string =>
  status === 'cancelled' ? t.one.wasCancelled : `${t.person[status]}: ${t.one.noReason}`;

function SendAgain({ broadcast, onDone }: { broadcast: Broadcast; onDone: () => void }) {
  const { id } = broadcast;
  const isBusy = useSignal(false);
  const sendAgain = async () => {
    isBusy.value = true;
    try {
      const preview = await ask<Preview>(`broadcast/${id}/retry/preview`, {
        method: 'POST',
        changesNothing: true,
      });
      const count = preview.recipients.accepted;
      if (count === 0) {
        announce(t.one.retryNone, true);
        return;
      }
      const cost = preview.cost === null ? null : money(preview.cost.amount, preview.cost.currency);
      const answer = await confirm({
        title: t.one.retryTitle(count),
        points: t.one.retryPoints(shortTitleOf(broadcast), cost),
        action: t.one.retryDo(count),
      });
      if (answer === null) return;
      go(['broadcasts', (await retry(id, preview.digest)).id]);
    } catch (error) {
      announce(wordsOf(error), true);
      onDone();
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <button type="button" class="button small" disabled={isBusy.value} onClick={() => void sendAgain()}>
      {t.one.retry}
    </button>
  );
}

const retry = (id: string, digest: string): Promise<Broadcast> =>
  once(`retry ${id} ${digest}`, digest, (key) => {
    const headers = { 'idempotency-key': key, 'if-match': `"${digest}"`, prefer: 'respond-async' };
    return ask<Broadcast>(`broadcast/${id}/retry`, { method: 'POST', headers });
  });
