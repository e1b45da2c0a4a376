import { useLive } from '../../api/live';
import { ask } from '../../api/request';
import { may } from '../../api/self';
import type { Broadcast, Page } from '../../api/types';
import { href, place, refine } from '../../app/router';
import { t } from '../../texts';
import { Empty, Loading, Trouble } from '../../widgets/looks';
import { Row } from './row';

const PAGE = 25;
const TESTS = 'tests';

/** All broadcasts, the newest first. What is shown stands in the address. */
export function Broadcasts() {
  const status = place.value.query.get('status') ?? '';
  const cursor = place.value.query.get('cursor') ?? '';
  const { known, refresh } = useLive(`broadcasts ${status} ${cursor}`, (signal) =>
    ask<Page<Broadcast>>('broadcast', {
      query: { limit: PAGE, cursor, ...(status === TESTS ? { test: 'true' } : { status }) },
      signal,
    }),
  );
  const { value, error } = known.value;
  return (
    <>
      <header class="head">
        <h1>{t.list.title}</h1>
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
        <ul class="rows">
          {value.data.map((broadcast) => (
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
