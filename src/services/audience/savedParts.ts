import { placesOfFields } from '../../domain/lists/fieldNames';
import { savedNameProblem } from '../../domain/audience/savedName';
import { NumberSet } from '../../domain/numbers/numberSet';
import type { FieldError } from '../../domain/errors';
import type { FieldValues } from '../../domain/lists/recipientList';
import type { ListStore } from '../../store/audience/listStore';
import type { SavedList } from '../../store/audience/listRows';
import type { TemplateStore } from '../../store/audience/templateStore';

/** What a request names of what is saved; checked in form or not. */
export type NamedParts = {
  readonly template?: unknown;
  readonly templateVersion?: unknown;
  readonly lists?: unknown;
  readonly exceptLists?: unknown;
};

/** A template as it stood when a request came in. */
export type TemplateUse = { readonly name: string; readonly version: number; readonly text: string };

/** People of saved lists on their way into a broadcast, some at a time. */
export type ListedPeople = {
  readonly list: string;
  readonly numbers: readonly string[];
  /** By the fields that were asked for. */
  readonly values: readonly FieldValues[];
};

/** What a broadcast takes from saved lists and templates, as they are at that moment. */
export type SavedParts = {
  /** Null where none is named, or there is none of this name and version. */
  templateOf(parts: NamedParts): Promise<TemplateUse | null>;
  /** Who is on the lists that are to be left out. */
  exceptionsOf(parts: NamedParts): Promise<NumberSet | null>;
  /** What the fields of these lists are called. */
  fieldsOf(parts: NamedParts): Promise<readonly string[]>;
  /** The people of the lists that are named, with the values of these fields. */
  peopleOf(parts: NamedParts, fields: readonly string[]): AsyncGenerator<ListedPeople, void, undefined>;
  /** What is wrong with the names; empty for nothing. `fields`: of the message. */
  faultsOf(parts: NamedParts, fields: readonly string[]): Promise<FieldError[]>;
};

export type SavedPartsDeps = {
  readonly lists: Pick<ListStore, 'find' | 'people'>;
  readonly templates: Pick<TemplateStore, 'find'>;
  /** See `NumberSet`. */
  readonly hashSeed: number;
};

const MOST_LISTS = 100;

export function createSavedParts({ lists, templates, hashSeed }: SavedPartsDeps): SavedParts {
  /** In order, each once, as far as there are such lists. */
  async function found(names: unknown): Promise<SavedList[]> {
    const known: SavedList[] = [];
    for (const name of new Set(namesIn(names))) {
      const list = await lists.find(name);
      if (list !== null) known.push(list);
    }
    return known;
  }

  async function templateOf({ template, templateVersion }: NamedParts): Promise<TemplateUse | null> {
    if (savedNameProblem(template) !== null) return null;
    const version = versionIn(templateVersion);
    const use = version === undefined ? null : await templates.find((template as string).normalize('NFC'), version);
    return use === null ? null : { name: use.name, version: use.version, text: use.text };
  }

  async function listFaults(path: 'lists' | 'exceptLists', names: unknown): Promise<FieldError[]> {
    if (names === undefined || names === null) return [];
    if (!Array.isArray(names) || names.length > MOST_LISTS)
      return [{ path, msg: `must be an array of at most ${MOST_LISTS} names of saved lists` }];
    const faults: FieldError[] = [];
    for (const [at, name] of (names as unknown[]).entries()) {
      const problem = savedNameProblem(name);
      const isThere = problem === null && (await lists.find((name as string).normalize('NFC'))) !== null;
      if (!isThere) faults.push({ path: `${path}[${at}]`, msg: problem ?? 'names no saved list', ...shown(name) });
    }
    return faults;
  }

  async function fieldFaults(parts: NamedParts, fields: readonly string[]): Promise<FieldError[]> {
    if (fields.length === 0) return [];
    return (await found(parts.lists)).flatMap((list) => {
      const { ambiguous } = placesOfFields(fields, list.fields);
      return ambiguous === null
        ? []
        : [{ path: 'lists', msg: `has several fields that {{${ambiguous}}} may mean`, value: list.name }];
    });
  }

  async function templateFaults(parts: NamedParts): Promise<FieldError[]> {
    const { template, templateVersion: version } = parts;
    const isNamed = template !== undefined && template !== null;
    if (versionIn(version) === undefined) return [{ path: 'templateVersion', msg: 'must be a whole number from 1 on' }];
    if (!isNamed && typeof version === 'number')
      return [{ path: 'templateVersion', msg: 'needs a template; name it in "template"' }];
    if (!isNamed || (await templateOf(parts)) !== null) return [];
    const problem = savedNameProblem(template);
    if (problem !== null) return [{ path: 'template', msg: problem, ...shown(template) }];
    const latest = await templateOf({ template });
    return latest === null
      ? [{ path: 'template', msg: 'names no saved template', ...shown(template) }]
      : [{ path: 'templateVersion', msg: `is no version of this template; the latest is ${latest.version}` }];
  }

  return {
    templateOf,

    async exceptionsOf({ exceptLists }) {
      const known = await found(exceptLists);
      if (known.length === 0) return null;
      const expected = known.reduce((sum, { recipients }) => sum + recipients, 0);
      const numbers = new NumberSet({ expected, seed: hashSeed });
      for (const list of known)
        for await (const people of lists.people(list)) for (const { digits } of people) numbers.addDigits(digits);
      return numbers;
    },

    fieldsOf: async (parts) => (await found(parts.lists)).flatMap(({ fields }) => fields),

    async *peopleOf(parts, fields) {
      for (const list of await found(parts.lists)) {
        const { places } = placesOfFields(fields, list.fields);
        for await (const people of lists.people(list))
          yield {
            list: list.name,
            numbers: people.map(({ digits }) => `+${digits}`),
            values: people.map(({ values }) =>
              places.map((place) => (place === null ? null : (values[place] ?? null))),
            ),
          };
      }
    },

    async faultsOf(parts, fields) {
      return [
        ...(await listFaults('lists', parts.lists)),
        ...(await listFaults('exceptLists', parts.exceptLists)),
        ...(await fieldFaults(parts, fields)),
        ...(await templateFaults(parts)),
      ];
    },
  };
}

/** Those that may be names. */
const namesIn = (names: unknown): string[] =>
  Array.isArray(names)
    ? (names as unknown[])
        .slice(0, MOST_LISTS)
        .filter((name): name is string => savedNameProblem(name) === null)
        .map((name) => name.normalize('NFC'))
    : [];

/** Null for the latest; undefined for what is none. */
function versionIn(version: unknown): number | null | undefined {
  if (version === undefined || version === null) return null;
  return typeof version === 'number' && Number.isInteger(version) && version >= 1 && version < 1e9
    ? version
    : undefined;
}

const shown = (name: unknown): { value?: string } =>
  typeof name === 'string' ? { value: name.slice(0, 64).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd') } : {};
