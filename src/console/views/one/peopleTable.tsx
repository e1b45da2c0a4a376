import { useSignal } from '@preact/signals';
import { useLive } from '../../api/live';
import { Refused } from '../../api/faults';
import { ask, askForFile } from '../../api/request';
import type { Broadcast, Page, Person, PersonRow } from '../../api/types';
import { href, place, refine } from '../../app/router';
import { t } from '../../texts';
import { money, moment, near } from '../../texts/format';
import { announce } from '../../widgets/announce';
import { Badge } from '../../widgets/badge';
import { download } from '../../widgets/download';
import { Icon } from '../../widgets/icon';
import { Card, Loading, Trouble, wordsOf } from '../../widgets/looks';
import { paceOf } from './pace';

const PAGE = 25;

/** Everybody the broadcast was for, page by page, or one of them by number. */
export function PeopleTable({ broadcast }: { broadcast: Broadcast }) {
  const { query } = place.value;
  const status = query.get('people') ?? '';
  const cursor = query.get('cursor') ?? '';
  const searched = query.get('number') ?? '';
  const { id } = broadcast;
  const { known, refresh } = useLive(
    `people ${id} ${status} ${cursor} ${searched}`,
    (signal) =>
      searched === ''
        ? ask<Page<PersonRow>>(`broadcast/${id}/recipients`, { query: { status, limit: PAGE, cursor }, signal })
        : findOne(id, searched, signal),
    paceOf(broadcast),
    { news: broadcast },
  );
  const { value, error } = known.value;
  const words: Readonly<Record<string, string>> = t.person;
  const isNarrowed = status !== '' || searched !== '';
  return (
    <Card title={t.one.people} end={<Csv id={broadcast.id} status={status} />}>
      <div class="row between">
        <Search value={searched} />
        {isNarrowed && (
          <button type="button" class="chip" onClick={() => refine({ people: null, number: null, cursor: null })}>
            {searched === '' ? t.one.filtered(words[status] ?? status) : searched}
            <Icon name="cancel" />
            <span class="unseen">{t.one.showEverybody}</span>
          </button>
        )}
      </div>
      {error !== null && value === null && <Trouble error={error} onRetry={refresh} />}
      {value === null && error === null && <Loading rows={3} />}
      {value !== null && value.data.length === 0 && (
        <p class="hint">{searched === '' ? t.one.nobody : t.one.notIn(searched)}</p>
      )}
      {value !== null && value.data.length > 0 && <Table rows={value.data} broadcast={broadcast} />}
      <div class="pager">
        {cursor !== '' && (
          <button type="button" class="quiet-link" onClick={() => refine({ cursor: null })}>
            {t.app.first}
          </button>
        )}
        {typeof value?.next === 'string' && (
          <button type="button" class="button" onClick={() => refine({ cursor: value.next })}>
            {t.app.next}
          </button>
        )}
      </div>
    </Card>
  );
}

/** A broadcast has no search of its own; the person knows what they were part of. */
async function findOne(id: string, number: string, signal: AbortSignal): Promise<Page<PersonRow>> {
  try {
    const person = await ask<Person>(`recipients/${encodeURIComponent(number)}`, { query: { limit: 1000 }, signal });
    const mine = person.broadcasts.filter(({ broadcastId }) => broadcastId === id);
    return { data: mine.map((one) => ({ ...one, recipient: person.recipient, optedOutAt: null })), next: null };
  } catch (error) {
    if (error instanceof Refused && (error.status === 404 || error.status === 400)) return { data: [], next: null };
    throw error;
  }
}

function Search({ value }: { value: string }) {
  const typed = useSignal(value);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        refine({ number: typed.value.trim(), cursor: null, people: null });
      }}
    >
      <label>
        <span class="unseen">{t.one.search}</span>
        <input
          type="tel"
          placeholder={t.one.searchHint}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" class="button small">
        <Icon name="search" />
        {t.one.find}
      </button>
    </form>
  );
}

function Table({ rows, broadcast }: { rows: readonly PersonRow[]; broadcast: Broadcast }) {
  const currency = broadcast.cost.estimated?.currency ?? 'USD';
  const isPersonal = rows.some(({ text }) => text !== undefined);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t.one.people}>
      <table class="steady people-table">
        <thead>
          <tr>
            <th scope="col">{t.one.table.number}</th>
            <th scope="col">{t.one.table.status}</th>
            <th scope="col" class="wide">
              {isPersonal ? t.one.table.text : t.one.table.reason}
            </th>
            <th scope="col" class="num wide">
              {t.one.table.cost}
            </th>
            <th scope="col" class="num wide">
              {t.one.table.updated}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.recipient}>
              <td class="phone-number">
                {/^\+\d+$/.test(row.recipient) ? (
                  <a href={href(['people'], { number: row.recipient })}>{row.recipient}</a>
                ) : (
                  row.recipient
                )}
              </td>
              <td>
                <Badge status={row.status} words={t.person} />
                {/* A phone has no room for a column of reasons. */}
                <span class="narrow soft">{row.errorReason ?? row.text}</span>
              </td>
              <td class="soft wide">
                {row.errorReason}
                {isPersonal && <span class="own-text">{row.text}</span>}
              </td>
              <td class="num wide">{row.cost === null ? '' : money(row.cost, currency)}</td>
              <td class="num wide soft">
                <time dateTime={row.updatedAt} title={moment(row.updatedAt)}>
                  {near(row.updatedAt)}
                </time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Csv({ id, status }: { id: string; status: string }) {
  const isBusy = useSignal(false);
  const fetchIt = async () => {
    isBusy.value = true;
    try {
      const headers = { accept: 'text/csv' };
      download(await askForFile(`broadcast/${id}/recipients`, { query: { status }, headers }), `broadcast-${id}.csv`);
    } catch (error) {
      announce(wordsOf(error), true);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <button type="button" class="button small" disabled={isBusy.value} onClick={() => void fetchIt()}>
      <Icon name="download" />
      {isBusy.value ? t.one.csvBusy : t.one.csv}
    </button>
  );
}
