import { useLive } from '../../api/live';
import { ask } from '../../api/request';
import { may } from '../../api/self';
import type { Broadcast, Page } from '../../api/types';
import { EVERY_MS } from '../../api/watch';
import { href, place, refine } from '../../app/router';
import { t } from '../../texts';
import { Empty, Loading, Trouble } from '../../widgets/looks';
import { feedOf } from './feed';
import { Row } from './row';
import { useSteady } from './useSteady';

const PAGE = 25;
const TESTS = 'tests';

/** All broadcasts, the newest first. What is shown stands in the address. */
export function Broadcasts() {
  const status = place.value.query.get('status') ?? '';
  const cursor = place.value.query.get('cursor') ?? '';
  const about = `broadcasts ${status} ${cursor}`;
  const { known, refresh } = useLive(
    about,
    (signal) =>
      ask<Page<Broadcast>>('broadcast', {
        query: { limit: PAGE, cursor, ...(status === TESTS ? { test: 'true' } : { status }) },
        signal,
      }),
    EVERY_MS,
    { feed: feedOf(status, cursor === '', status === TESTS) },
  );
  const { value, error } = known.value;
  const steady = useSteady(about, value?.data ?? []);
  return (
    <>
      <header class="head">
        <h1>{t.list.title}</h1>
        {steady.waiting > 0 && (
          <button type="button" class="chip" onClick={steady.showAll}>
            {t.list.newer(steady.waiting)}
          </button>
        )}
        <label class="field inline">
          <span>{t.list.filter}</span>
          <select value={status} onChange={(event) => refine({ status: event.currentTarget.value, cursor: null })}>
            <option value="">{t.list.all}</option>
            {Object.entries(t.status).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
            <option value={TESTS}>{t.list.tests}</option>
          </select>
        </label>
      </header>
      {error !== null && value === null && <Trouble error={error} onRetry={refresh} />}
      {value === null && error === null && <Loading />}
      {value !== null && value.data.length === 0 && <Nothing isFiltered={status !== ''} />}
      {value !== null && (
        <ul
          class="rows"
          onPointerEnter={steady.onMove}
          onPointerLeave={steady.onLeave}
          onFocusIn={steady.onMove}
          onFocusOut={steady.onLeave}
        >
          {steady.shown.map((broadcast) => (
            <Row key={broadcast.id} broadcast={broadcast} onDone={refresh} />
          ))}
        </ul>
      )}
      <div class="pager">
        {cursor !== '' && <a href={href(['broadcasts'], { status })}>{t.app.newest}</a>}
        {typeof value?.next === 'string' && (
          <a class="button" href={href(['broadcasts'], { status, cursor: value.next })}>
            {t.app.older}
          </a>
        )}
      </div>
    </>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title={t.list.emptyFilterTitle} text={t.list.emptyFilter} />;
  if (!may('send')) return <Empty title={t.list.emptyTitle} />;
  return (
    <Empty title={t.list.emptyTitle} text={t.list.empty} action={{ label: t.app.compose, href: href(['compose']) }} />
  );
}
