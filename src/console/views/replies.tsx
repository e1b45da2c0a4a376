import { useLive } from '../api/live';
import { ask } from '../api/request';
import { may } from '../api/self';
import type { Page, Reply } from '../api/types';
import { href, place, refine } from '../app/router';
import { t } from '../texts';
import { ago, moment } from '../texts/format';
import { announce } from '../widgets/announce';
import { Empty, NotYet, wordsOf } from '../widgets/looks';
import { OlderOnes } from './pager';

const PAGE = 50;
const ALL = 'all';
const EVERY_MS = 5000;

/** What people wrote; first what may be a wish to stop that no word made plain. */
export function Replies() {
  const { query } = place.value;
  const isAll = query.get('show') === ALL;
  const cursor = query.get('cursor') ?? '';
  const { known, refresh } = useLive(
    `replies ${isAll} ${cursor}`,
    (signal) =>
      ask<Page<Reply>>('inbound', {
        query: { limit: PAGE, cursor, ...(isAll ? {} : { needsReview: 'true' }) },
        signal,
      }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  return (
    <>
      <header class="head">
        <h1>{t.repliesView.title}</h1>
        <div class="segmented" role="group" aria-label={t.list.filter}>
          <button type="button" aria-pressed={!isAll} onClick={() => refine({ show: null, cursor: null })}>
            {t.repliesView.review}
          </button>
          <button type="button" aria-pressed={isAll} onClick={() => refine({ show: ALL, cursor: null })}>
            {t.repliesView.all}
          </button>
        </div>
        <p class="hint">{t.repliesView.lead}</p>
      </header>
      <NotYet value={value} error={error} onRetry={refresh} />
      {value?.data.length === 0 && <Empty title={isAll ? t.repliesView.empty : t.repliesView.emptyReview} />}
      <ul class="rows">
        {value?.data.map((reply) => (
          <li key={reply.messageUuid} class="card">
            <ReplyCard reply={reply} onDone={refresh} />
          </li>
        ))}
      </ul>
      <OlderOnes next={value?.next} />
    </>
  );
}

function ReplyCard({ reply, onDone }: { reply: Reply; onDone: () => void }) {
  const settle = async (as: 'optOut' | 'nothing') => {
    try {
      await ask(`inbound/${encodeURIComponent(reply.messageUuid)}/reviewed`, { method: 'POST', body: { as } });
      announce(as === 'optOut' ? t.repliesView.doneYes(reply.from) : t.repliesView.doneNo);
    } catch (error) {
      announce(wordsOf(error), true);
    }
    onDone();
  };
  return (
    <>
      <ReplyText reply={reply} isLinked />
      {reply.needsReview && !may('manage') && <p class="small">{t.access.needsManager}</p>}
      {reply.needsReview && may('manage') && (
        <div class="row">
          <strong>{t.repliesView.ask}</strong>
          <button type="button" class="button small" onClick={() => void settle('optOut')}>
            {t.repliesView.yes}
          </button>
          <button type="button" class="button small" onClick={() => void settle('nothing')}>
            {t.repliesView.no}
          </button>
        </div>
      )}
    </>
  );
}

/** One text that came in, and what was made of it. */
export function ReplyText({ reply, isLinked = false }: { reply: Reply; isLinked?: boolean }) {
  const { from, to, text, keyword, reviewed, receivedAt } = reply;
  return (
    <div class="reply">
      <p class="row small">
        {isLinked && (
          <a class="phone-number" href={href(['people'], { number: from })}>
            {from}
          </a>
        )}
        <span>{t.repliesView.to(to)}</span>
        <time dateTime={receivedAt} title={moment(receivedAt)}>
          {ago(receivedAt)}
        </time>
        {keyword !== null && (
          <span class={`badge ${keyword === 'optOut' ? 'stop' : 'calm'}`}>{t.repliesView.keyword[keyword]}</span>
        )}
        {reviewed !== null && <span class="badge calm">{t.repliesView.was[reviewed.as]}</span>}
      </p>
      {text === '' ? <p class="muted">{t.repliesView.lostWords}</p> : <p class="bubble">{text}</p>}
    </div>
  );
}
