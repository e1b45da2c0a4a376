import { signal } from '@preact/signals';
import { AnswerLost } from './faults';
import { freshKey } from './freshKey';
import { whenSignedOut } from './session';

/** One try to send. */
export type Attempt = {
  /** Under which the same body goes again, so that it is taken once. */
  readonly key: string;
  /** Of what was looked at before; empty where nothing had to be. */
  readonly digest: string;
  /** No answer has come: it may have been taken. */
  readonly isOpen: boolean;
};

/** Beside the draft and as long as it: whoever leaves the page without an answer and comes back still sends once. */
const PLACE = 'broadcaster.attempts';

export const attempts = signal<Readonly<Record<string, Attempt>>>(kept());

function kept(): Record<string, Attempt> {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? '{}') as Record<string, Attempt>;
  } catch {
    return {};
  }
}

/**
 * Does what must not be done twice: the same again, after an answer was lost, goes under the same key. After an answer
 * once more is meant.
 *
 * @param name the same for the same request only
 */
export async function once<T>(name: string, digest: string, what: (key: string) => Promise<T>): Promise<T> {
  const key = attempts.value[name]?.key ?? freshKey();
  // Before it goes: what is not written down could not be repeated safely.
  keep(name, { key, digest, isOpen: true });
  try {
    const answer = await what(key);
    keep(name, null);
    return answer;
  } catch (error) {
    if (!(error instanceof AnswerLost)) keep(name, { key, digest, isOpen: false });
    throw error;
  }
}

export function forgetAttempts(): void {
  store({});
}

function keep(name: string, attempt: Attempt | null): void {
  const others = Object.entries(attempts.value).filter(([other]) => other !== name);
  store(Object.fromEntries(attempt === null ? others : [...others, [name, attempt]]));
}

function store(all: Readonly<Record<string, Attempt>>): void {
  attempts.value = all;
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(all));
  } catch {
    // Where not even this has room, it is known until the reload, as the draft is.
  }
}

whenSignedOut(forgetAttempts);
