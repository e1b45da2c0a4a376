import { useEffect } from 'preact/hooks';
import { useLive } from './live';
import { ask } from './request';
import { doubts, noteSelf, self } from './session';
import type { Scope, Self } from './types';

const EVERY_MS = 60_000;

export const askWhoIs = (key: string): Promise<Self> => ask<Self>('keys/self', { as: key });

/**
 * Whether the key allows what needs the scope. The service decides; this only keeps from offering what it would refuse, so
 * where it could not be asked everything is offered.
 */
export const may = (scope: Scope): boolean => self.value?.scopes.includes(scope) ?? true;

/** What is not of one broadcast, but tells of all of them, is kept from keys that see only their own. */
export const seesAll = (): boolean => self.value?.ownOnly !== true;

/** A key that is itself limited makes none, changes none and ends none. */
export const mayChangeKeys = (): boolean =>
  may('manage') && seesAll() && (self.value?.dailyRecipients ?? null) === null;

/**
 * Asks who is signed in: at once, now and then, and whenever the service has refused for want of a scope.
 *
 * @returns whether there is an answer, or none to be had
 */
export function useSelf(): boolean {
  const { known } = useLive(`self ${doubts.value}`, (signal) => ask<Self>('keys/self', { signal }), EVERY_MS);
  const { value, error } = known.value;
  useEffect(() => {
    if (value !== null) noteSelf(value);
  }, [value]);
  return self.value !== null || error !== null;
}
