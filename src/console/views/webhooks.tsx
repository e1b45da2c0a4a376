import { useLive } from '../api/live';
import { ask } from '../api/request';
import { may } from '../api/self';
import type { Delivery, DeliveryPage } from '../api/types';
import { href, place, refine } from '../app/router';
import { t } from '../texts';
import { ago, moment, near } from '../texts/format';
import { announce } from '../widgets/announce';
import { Badge } from '../widgets/badge';
import { Icon } from '../widgets/icon';
import { Empty, NotYet, wordsOf } from '../widgets/looks';
import { OlderOnes } from './pager';

const PAGE = 25;
const EVERY_MS = 5000;

/** What other programs were told, each try, and once more where somebody asks for it. */
export function Webhooks() {
  const { query } = place.value;
  const status = query.get('status') ?? '';
  const cursor = query.get('cursor') ?? '';
  const { known, refresh } = useLive(
    `webhooks ${status} ${cursor}`,
    (signal) => ask<DeliveryPage>('webhook-deliveries', { query: { status, cursor, limit: PAGE }, signal }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  return (
    <>
      <header class="head">
        <h1>{t.webhooksView.title}</h1>
        <label class="field inline">
          <span>{t.list.filter}</span>
          <select value={status} onChange={(event) => refine({ status: event.currentTarget.value, cursor: null })}>
            <option value="">{t.list.all}</option>
            {Object.entries(t.deliveryStatus).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <p class="hint">{t.webhooksView.lead}</p>
      </header>
      <NotYet value={value} error={error} onRetry={refresh} />
      {value?.failingAddresses.map(({ url, failingSince, putAsideAt }) => (
        <p key={url} class="notice bad">
          <Icon name="alert" />
          {t.webhooksView.failing(url, ago(failingSince), putAsideAt !== null)}
        </p>
      ))}
      {value?.data.length === 0 && <Empty title={status === '' ? t.webhooksView.empty : t.list.emptyFilterTitle} />}
      <ul class="rows">
        {value?.data.map((delivery) => (
          <li key={delivery.id} class="card saved-row">
            <Told delivery={delivery} onDone={refresh} />
          </li>
        ))}
      </ul>
      <OlderOnes next={value?.next} />
    </>
  );
}

function Told({ delivery, onDone }: { delivery: Delivery; onDone: () => void }) {
  const { id, event, url, status, broadcastId, createdAt, nextAttemptAt, errorReason, attempts } = delivery;
  const replay = async () => {
    try {
      await ask(`webhook-deliveries/${id}/replay`, { method: 'POST' });
      announce(t.webhooksView.replayed);
    } catch (error) {
      announce(wordsOf(error), true);
    }
    onDone();
  };
  return (
    <>
      <div class="told">
        <h2>{broadcastId === null ? event : <a href={href(['broadcasts', broadcastId])}>{event}</a>}</h2>
        <p class="row">
          <Badge status={status} words={t.deliveryStatus} />
          <time class="small" dateTime={createdAt} title={moment(createdAt)}>
            {ago(createdAt)}
          </time>
          {nextAttemptAt !== null && <span class="small">{t.webhooksView.next(near(nextAttemptAt))}</span>}
        </p>
        <p class="small soft address">{url}</p>
        {errorReason !== null && <p class="bad-text">{errorReason}</p>}
        {attempts.length > 0 && (
          <details>
            <summary>{t.webhooksView.tries(attempts.length)}</summary>
            <ul class="events">
              {attempts.map(({ at, status: answer, error, durationMs }) => (
                <li key={at}>
                  <span>{t.webhooksView.answered(answer, error, durationMs)}</span>
                  <time class="small" dateTime={at}>
                    {moment(at)}
                  </time>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      {may('manage') && (
        <div class="controls">
          <button type="button" class="button small" onClick={() => void replay()}>
            {t.webhooksView.replay}
          </button>
        </div>
      )}
    </>
  );
}
