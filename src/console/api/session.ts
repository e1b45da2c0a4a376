import { signal } from '@preact/signals';
import type { Self } from './types';

/** Gone when the tab is closed, and never sent to another site. */
const PLACE = 'broadcaster.key';
/** Beside the key, so that after a reload nothing is shown for a moment that the key does not allow. */
const SELF_PLACE = 'broadcaster.self';

/** The key in use; empty where the service asks for none, null while nobody has signed in. */
export const key = signal<string | null>(sessionStorage.getItem(PLACE));

/** Who that is, as the service said last; null where it has not said yet. */
export const self = signal<Self | null>(keptSelf());

/** How often the service said that the key may do less than was asked for. */
export const doubts = signal(0);

const forgets: (() => void)[] = [];

function keptSelf(): Self | null {
  try {
    return JSON.parse(sessionStorage.getItem(SELF_PLACE) ?? 'null') as Self | null;
  } catch {
    return null;
  }
}

/** What the next person at this computer must not find is forgotten with the key. */
export function whenSignedOut(forget: () => void): void {
  forgets.push(forget);
}

export function signIn(entered: string, who: Self): void {
  sessionStorage.setItem(PLACE, entered);
  noteSelf(who);
  key.value = entered;
}

/** Where the service asks for no key. */
export function enterWithoutKey(who: Self): void {
  noteSelf(who);
  key.value = '';
}

export function noteSelf(who: Self): void {
  sessionStorage.setItem(SELF_PLACE, JSON.stringify(who));
  self.value = who;
}

export function signOut(): void {
  sessionStorage.removeItem(PLACE);
  sessionStorage.removeItem(SELF_PLACE);
  key.value = null;
  self.value = null;
  for (const forget of forgets) forget();
}
