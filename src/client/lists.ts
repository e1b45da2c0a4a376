import { call, type Connection } from './calling/call.ts';
import { pages, type PageOptions } from './calling/pages.ts';
import type { CallOptions } from './sending.ts';
import type { AddedToList, Entry, List, ListPerson, ReplacedList } from './types.ts';

export type ListPeopleOptions = CallOptions & {
  readonly invalidRecipients?: 'reject' | 'skip';
  readonly defaultCountry?: string;
};

export type Lists = {
  all(options?: PageOptions): AsyncGenerator<List, void, undefined>;
  show(name: string, options?: CallOptions): Promise<List>;
  people(name: string, options?: PageOptions): AsyncGenerator<ListPerson, void, undefined>;
  /** Makes the list, or gives it other people. */
  replace(name: string, recipients: readonly Entry[], options?: ListPeopleOptions): Promise<ReplacedList>;
  /** Of somebody who is on it, it changes the fields that are said, and only those. */
  add(name: string, recipients: readonly Entry[], options?: ListPeopleOptions): Promise<AddedToList>;
  removePerson(name: string, number: string, options?: CallOptions): Promise<void>;
  remove(name: string, options?: CallOptions): Promise<void>;
};

/** Saved lists, which a broadcast names in `lists` and `exceptLists`. */
export function createLists(connection: Connection): Lists {
  const at = (name: string) => `/lists/${encodeURIComponent(name)}`;
  const put = (method: 'PUT' | 'POST', path: string, recipients: readonly Entry[], options: ListPeopleOptions) => {
    const { signal, ...reading } = options;
    return call(connection, { method, path, json: { recipients, ...reading }, cannotDouble: true, signal });
  };
  const remove = async (path: string, { signal }: CallOptions) => {
    await call(connection, { method: 'DELETE', path, cannotDouble: false, signal });
  };
  return {
    all: (options = {}) => pages(connection, '/lists', options),
    show: (name, { signal } = {}) =>
      call(connection, { method: 'GET', path: at(name), cannotDouble: true, signal }) as Promise<List>,
    people: (name, options = {}) => pages(connection, `${at(name)}/recipients`, options),
    replace: (name, recipients, options = {}) => put('PUT', at(name), recipients, options) as Promise<ReplacedList>,
    add: (name, recipients, options = {}) =>
      put('POST', `${at(name)}/recipients`, recipients, options) as Promise<AddedToList>,
    removePerson: (name, number, options = {}) =>
      remove(`${at(name)}/recipients/${encodeURIComponent(number)}`, options),
    remove: (name, options = {}) => remove(at(name), options),
  };
}
