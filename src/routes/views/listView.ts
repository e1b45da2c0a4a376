import type { Person } from '../../domain/audience/listPeople';
import type { SavedList } from '../../store/audience/listRows';
import { iso } from './time';

/** A saved list as callers see it. */
export function listView({ name, recipients, fields, createdAt, updatedAt }: SavedList) {
  const self = `/lists/${encodeURIComponent(name)}`;
  return {
    name,
    recipients,
    fields,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    links: { self, recipients: `${self}/recipients` },
  };
}

/** Somebody on a list, as they may be put on it: the number, and the fields of which there is a value. */
export function personOnListView({ digits, values }: Person, fields: readonly string[]): Record<string, string> {
  const said = fields.flatMap((name, at): [string, string][] => {
    const value = values[at] ?? '';
    return value === '' ? [] : [[name, value]];
  });
  return Object.fromEntries([['to', `+${digits}`], ...said]);
}
