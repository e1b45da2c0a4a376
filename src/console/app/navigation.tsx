import { useEffect } from 'preact/hooks';
import { ask } from '../api/request';
import { may } from '../api/self';
import { key, signOut } from '../api/session';
import type { Page, Reply } from '../api/types';
import { waitingReplies } from '../api/waiting';
import { t } from '../texts';
import { number } from '../texts/format';
import { Icon } from '../widgets/icon';
import { href, place } from './router';
import { COMPOSE, FURTHER, isOpen, MAIN, type Section } from './sections';
import { chooseTheme, theme, type Theme } from './theme';
import { Whoever } from './whoever';

const EVERY_MS = 30_000;

/** Beside the view on a wide screen, below it on a phone. */
export function Navigation() {
  useEffect(() => {
    const look = () => {
      if (!document.hidden && may('read'))
        void ask<Page<Reply> & { needsReview: number }>('inbound', { query: { needsReview: 'true', limit: 1 } })
          .then(({ needsReview }) => {
            waitingReplies.value = needsReview;
          })
          .catch(() => undefined);
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const here = place.value.path[0] ?? 'broadcasts';
  return (
    <nav class="nav" aria-label={t.app.sections}>
      <a class="brand" href={href(['broadcasts'])}>
        <Icon name="logo" />
        <span>{t.app.name}</span>
      </a>
      {isOpen(COMPOSE) && (
        <a class="compose-link" href={href(['compose'])} aria-current={current(here, 'compose')}>
          <Icon name="compose" />
          <span class="long">{t.app.compose}</span>
          <span class="short">{t.app.composeShort}</span>
        </a>
      )}
      <ul>
        {MAIN.filter(isOpen).map((entry) => (
          <Link key={entry.section} {...entry} here={here} />
        ))}
        {FURTHER.filter(isOpen).map((entry) => (
          <Link key={entry.section} {...entry} here={here} isFurther />
        ))}
        <li class="phone-only">
          <a
            href={href(['more'])}
            aria-current={current(FURTHER.some(({ section }) => section === here) ? 'more' : here, 'more')}
          >
            <Icon name="more" />
            <span>{t.app.more}</span>
          </a>
        </li>
      </ul>
      <div class="nav-end">
        <Settings />
      </div>
    </nav>
  );
}

/** Who is signed in, appearance, the description of the API, and the way out. */
export function Settings() {
  return (
    <>
      <Whoever />
      <label class="theme">
        <span>{t.app.theme}</span>
        <select value={theme.value} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
          {Object.entries(t.app.themes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <a class="quiet-link" href="docs">
        {t.app.api}
      </a>
      {key.value !== '' && (
        <button type="button" class="quiet-link" onClick={signOut}>
          {t.app.signOut}
        </button>
      )}
    </>
  );
}

function Link({ section, icon, label, here, isFurther }: Section & { here: string; isFurther?: boolean }) {
  const count = section === 'replies' ? waitingReplies.value : 0;
  return (
    <li class={isFurther === true ? 'wide-only' : ''}>
      <a href={href([section])} aria-current={current(here, section)}>
        <Icon name={icon} />
        <span>{label}</span>
        {count > 0 && (
          <span class="count">
            <span aria-hidden="true">{number(count)}</span>
            <span class="unseen">{t.app.waitingReplies(count)}</span>
          </span>
        )}
      </a>
    </li>
  );
}

const current = (here: string, section: string): 'page' | undefined => (here === section ? 'page' : undefined);
