import type { ComponentChildren } from 'preact';
import { AnswerLost, Refused, Unreachable } from '../api/faults';
import { t } from '../texts';
import { Icon } from './icon';

/** Of the size that what comes will have, so that little moves. */
export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">{t.app.loading}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class="skeleton" />
      ))}
    </div>
  );
}

export type EmptyProps = {
  readonly title: string;
  readonly text?: string;
  readonly action?: { readonly label: string; readonly href: string };
};

export function Empty({ title, text, action }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name="logo" />
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      {action !== undefined && (
        <a class="button primary" href={action.href}>
          {action.label}
        </a>
      )}
    </div>
  );
}

/** What went wrong in the service's own words, with the faults of the input below. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const refused = error instanceof Refused ? error : null;
  const isUnknown = error instanceof AnswerLost;
  return (
    <div class={`notice ${isUnknown ? 'warn' : 'bad'}`} role="alert">
      <strong>{isUnknown ? t.app.notKnown : (refused?.title ?? t.app.wrong)}</strong>
      <p>{wordsOf(error)}</p>
      {refused !== null && refused.errors.length > 0 && (
        <ul>
          {refused.errors.slice(0, 8).map(({ path, msg, value }) => (
            <li key={path + msg}>
              <code>{path}</code> {msg} {value !== undefined && <q>{value}</q>}
            </li>
          ))}
        </ul>
      )}
      {refused !== null && refused.requestId !== '' && <p class="small">{t.app.requestId(refused.requestId)}</p>}
      {onRetry !== undefined && (
        <button type="button" class="button" onClick={onRetry}>
          {t.app.tryAgain}
        </button>
      )}
    </div>
  );
}

export function wordsOf(error: unknown): string {
  if (error instanceof Unreachable) return t.app.unreachable;
  if (error instanceof AnswerLost) return t.app.answerLost;
  return error instanceof Error ? error.message : String(error);
}

export function Card({ title, hint, end, children }: CardProps) {
  return (
    <section class="card">
      {(title !== undefined || end !== undefined) && (
        <div class="card-head">
          {title !== undefined && <h2>{title}</h2>}
          {end}
        </div>
      )}
      {hint !== undefined && <p class="hint">{hint}</p>}
      {children}
    </section>
  );
}

type CardProps = {
  readonly title?: string;
  readonly hint?: string;
  readonly end?: ComponentChildren;
  readonly children: ComponentChildren;
};

export type NotYetProps = { readonly value: unknown; readonly error: unknown; readonly onRetry: () => void };

/** What stands in a view's place as long as it has nothing to show: that it comes, or why not. */
export function NotYet({ value, error, onRetry }: NotYetProps) {
  if (value !== null) return null;
  return error === null ? <Loading /> : <Trouble error={error} onRetry={onRetry} />;
}
