import type { Broadcast } from '../api/types';
import { t } from '../texts';

const SHORT = 60;

/** What a person calls a broadcast. */
export const titleOf = ({ name, text }: Pick<Broadcast, 'name' | 'text'>): string => name ?? text ?? t.list.masked;

/** The same where it is part of a sentence. */
export function shortTitleOf(broadcast: Pick<Broadcast, 'name' | 'text'>): string {
  const title = titleOf(broadcast).replace(/\s+/g, ' ');
  return title.length > SHORT ? `${title.slice(0, SHORT).trimEnd()}…` : title;
}
