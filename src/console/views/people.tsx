import { useSignal } from '@preact/signals';
import { useLive } from '../api/live';
import { Refused } from '../api/faults';
import { ask } from '../api/request';
import { may } from '../api/self';
import type { OptOutChange, Participation, Person } from '../api/types';
import { href, place, refine } from '../app/router';
import { t } from '../texts';
import { ago, moment } from '../texts/format';
import { announce } from '../widgets/announce';
import { Badge } from '../widgets/badge';
import { confirm } from '../widgets/confirm';
import { Icon } from '../widgets/icon';
import { Card, Loading, Trouble, wordsOf } from '../widgets/looks';
import { ReplyText } from './replies';

const EVERY_MS = 5000;

/** One person by number: may they be texted, what did they get, what did they write. */
export function People() {
  const number = place.value.query.get('number') ?? '';
  return (
    <>
      <header class="head">
        <h1>{t.peopleView.title}</h1>
        <p class="hint">{t.peopleView.lead}</p>
      </header>
      <NumberSearch key={number} value={number} onSearch={(wanted) => refine({ number: wanted })} />
      {number !== '' && <OnePerson key={number} number={number} />}
    </>
  );
}

/** A field for one number. */
export function NumberSearch({ value, onSearch }: { value: string; onSearch: (number: string) => void }) {
  const typed = useSignal(value);
  return (
    <form
      class="search wide-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.value.trim());
      }}
    >
      <label>
        <span class="unseen">{t.peopleView.label}</span>
        <input
          type="tel"
          placeholder={t.one.searchHint}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" class="button">
        <Icon name="search" />
        {t.peopleView.find}
      </button>
    </form>
  );
}

function OnePerson({ number }: { number: string }) {
  const { known, refresh } = useLive(
    `person ${number}`,
    (signal) => ask<Person>(`recipients/${encodeURIComponent(number)}`, { signal }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  if (value === null) {
    if (error === null) return <Loading rows={2} />;
    return error instanceof Refused ? (
      <p class="notice warn" role="alert">
        {error.message}
      </p>
    ) : (
      <Trouble error={error} onRetry={refresh} />
    );
  }
  return (
    <>
      <MayBeTexted person={value} onDone={refresh} />
      <div class="columns even">
        <Card title={t.peopleView.broadcasts}>
          {value.broadcasts.length === 0 && <p class="hint">{t.peopleView.noBroadcasts}</p>}
          <ul class="events">
            {value.broadcasts.map((one) => (
              <Part key={one.broadcastId} part={one} />
            ))}
          </ul>
        </Card>
        <div class="column">
          <Card title={t.peopleView.replies}>
            {value.inbound.length === 0 && <p class="hint">{t.peopleView.noReplies}</p>}
            {value.inbound.map((reply) => (
              <ReplyText key={reply.messageUuid} reply={reply} />
            ))}
          </Card>
          {value.history.length > 0 && (
            <Card title={t.peopleView.history}>
              <History changes={value.history} />
            </Card>
          )}
        </div>
      </div>
    </>
  );
}

function Part({ part }: { part: Participation }) {
  return (
    <li>
      <a href={href(['broadcasts', part.broadcastId])}>{part.name ?? t.list.unnamed}</a>
      <span class="row">
        <Badge status={part.status} words={t.person} />
        <time class="small" dateTime={part.updatedAt} title={moment(part.updatedAt)}>
          {ago(part.updatedAt)}
        </time>
      </span>
      {part.errorReason !== null && <span class="soft">{part.errorReason}</span>}
      {part.text !== undefined && <span class="soft">{part.text}</span>}
    </li>
  );
}

/** What was said and done about texting somebody, the latest first. */
function History({ changes }: { changes: readonly OptOutChange[] }) {
  return (
    <ul class="events">
      {changes.map(({ event, source, note, at }) => (
        <li key={at + event}>
          <span>
            {t.event[event]}: {t.source[source]}
          </span>
          {note !== null && <span class="soft">{note}</span>}
          <time class="small" dateTime={at}>
            {moment(at)}
          </time>
        </li>
      ))}
    </ul>
  );
}

function MayBeTexted({ person, onDone }: { person: Person; onDone: () => void }) {
  const { recipient, optedOut, optOut } = person;
  return (
    <section class={`verdict ${optedOut ? 'no' : 'yes'}`}>
      <Icon name={optedOut ? 'stop' : 'done'} />
      <div>
        <h2>{recipient}</h2>
        <p class="verdict-words">{optedOut ? t.peopleView.mayNot : t.peopleView.may}</p>
        <p class="small">
          {optOut === null ? t.peopleView.never : t.peopleView.since(ago(optOut.optedOutAt), t.source[optOut.source])}
        </p>
      </div>
      {may('manage') && (
        <button
          type="button"
          class="button"
          onClick={() => void (optedOut ? optIn(recipient) : optOutNow(recipient)).then(onDone)}
        >
          {optedOut ? t.peopleView.optIn : t.peopleView.optOut}
        </button>
      )}
    </section>
  );
}

/** Asks, and puts the number on the list. */
export async function optOutNow(number: string): Promise<void> {
  const note = await confirm({
    title: t.peopleView.optOutTitle(number),
    points: t.peopleView.optOutPoints,
    action: t.peopleView.optOut,
    note: t.peopleView.reason,
  });
  if (note !== null) await put('PUT', number, note, t.peopleView.optedOutNow(number));
}

/** Asks, and takes the number off the list. */
async function optIn(number: string): Promise<void> {
  const note = await confirm({
    title: t.peopleView.optInTitle(number),
    points: t.peopleView.optInPoints,
    action: t.peopleView.optIn,
    isDangerous: true,
    note: t.peopleView.reason,
  });
  if (note !== null) await put('DELETE', number, note, t.peopleView.optedInNow(number));
}

async function put(method: 'PUT' | 'DELETE', number: string, note: string, done: string): Promise<void> {
  try {
    await ask(`opt-outs/${encodeURIComponent(number)}`, { method, body: note.trim() === '' ? {} : { note } });
    announce(done);
  } catch (error) {
    announce(wordsOf(error), true);
  }
}
