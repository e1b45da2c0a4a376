import { digitsAsNumber } from '../../domain/numbers/numberSet';
import type { Database } from '../engine/database';
import { pageOf, type Page } from '../engine/page';
import type { Person, WrittenPerson } from '../../domain/audience/listPeople';
import { addInPlace, FEW, removePerson } from './listEditing';
import { removeSome } from './listLeaving';
import { entriesOf, peopleAfter, peopleOf } from './listReading';
import { findList, listOf, listRows, type SavedList } from './listRows';
import { addInSteps, replaceInSteps, removeList } from './listWriting';

/** People to be put on a list. */
export type NewPeople = {
  readonly fields: readonly string[];
  readonly length: number;
  /** By their digits, some at a time. */
  inOrder(nextTurn: () => Promise<void>): AsyncIterable<readonly WrittenPerson[]>;
};

export type Replaced = { readonly list: SavedList; readonly isNew: boolean };

export type Added = { readonly list: SavedList; readonly added: number; readonly updated: number };

export type ListStore = {
  /** By name. */
  list(query: { limit: number; after: string | null }): Promise<Page<SavedList, string>>;
  find(name: string): Promise<SavedList | null>;
  /**
   * Gives the list these people and no others, all or none: readers see those it had until the last step. In steps, between
   * which others get their turn. `isNew`: there was no such list.
   */
  replace(name: string, people: NewPeople): Promise<Replaced>;
  /**
   * Adds people, or what is said of them where they are on it, all or none. Null where there is no such list;
   * `too_many_fields` where it would have more fields than lists may have, `changed` where others kept changing it.
   */
  add(name: string, people: NewPeople): Promise<Added | 'too_many_fields' | 'changed' | null>;
  /** Returns false where there is no such list. */
  remove(name: string): Promise<boolean>;
  /** The lists that the person is on, by the canonical number, and what they say of them. */
  entriesOf(number: string): Promise<readonly { readonly list: SavedList; readonly person: Person }[]>;
  /** `absent`: not on it; null where there is no such list. */
  removePerson(name: string, digits: number): Promise<'removed' | 'absent' | null>;
  /** In the order of their digits, behind `after`; 0 for the first ones. */
  page(list: SavedList, query: { limit: number; after: number }): Promise<Page<Person>>;
  /**
   * All of them, in the order of their digits, some at a time.
   *
   * @throws ListGoneError where the reader was so slow that they have been removed
   */
  people(list: SavedList): AsyncGenerator<readonly Person[], void, undefined>;
  /** Removes a little of what is nobody's list any more. Returns false where nothing is left to remove. */
  removeSome(): Promise<boolean>;
};

export function createListStore(database: Database): ListStore {
  const { db } = database;
  return {
    async list({ limit, after }) {
      let query = listRows(db)
        .orderBy('lists.name')
        .limit(limit + 1);
      if (after !== null) query = query.where('lists.name', '>', after);
      return pageOf((await query.execute()).map(listOf), limit, ({ name }) => name);
    },

    find: (name) => findList(db, name),
    replace: (name, people) => replaceInSteps(database, name, people),

    add: (name, people) =>
      people.length <= FEW ? addInPlace(database, name, people) : addInSteps(database, name, people),

    remove: (name) => removeList(database, name),
    entriesOf: (number) => entriesOf(db, digitsAsNumber(number)),
    removePerson: (name, digits) => removePerson(database, name, digits),
    page: (list, query) => peopleAfter(database, list.version.key, query),
    people: (list) => peopleOf(database, list.version.key),
    removeSome: () => removeSome(database),
  };
}
