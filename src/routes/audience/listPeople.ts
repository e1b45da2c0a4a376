import type { Request, RequestHandler, Response } from 'express';
import { guarded } from '../../domain/columns/csvFormula';
import type { Person } from '../../domain/audience/listPeople';
import { ServiceError } from '../../domain/errors';
import { digitsAsNumber } from '../../domain/numbers/numberSet';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { ListStore } from '../../store/audience/listStore';
import type { SavedList } from '../../store/audience/listRows';
import { numberOf } from '../parameters/numberParameter';
import { filePages } from '../parameters/filePages';
import { afterOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { savedNameOf } from '../parameters/savedName';
import { streamCsv, type CsvCell } from '../views/csvAnswer';
import { personOnListView } from '../views/listView';
import { streamText } from '../views/streamedAnswer';

export type ListPeopleDeps = {
  readonly lists: Pick<ListStore, 'page' | 'people' | 'removePerson'>;
  readonly numbers: NumberReader;
};

type Pages = AsyncGenerator<readonly Person[], void, undefined>;

const LINES = 'application/x-ndjson';

/** The people of one list: pages of them, all of them as a file that can be sent in again, and taking one off. */
export function listPeople({ lists, numbers }: ListPeopleDeps, existing: (req: Request) => Promise<SavedList>) {
  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const limit = limitOf(req);
    const after = afterOf(req, 1, Number.MAX_SAFE_INTEGER)?.[0] ?? 0;
    const saved = await existing(req);
    res.vary('Accept');
    const wanted = req.accepts(['application/json', 'text/csv', LINES]);
    const onePage = {
      pageAfter: (place: number | null, most: number) => lists.page(saved, { limit: most, after: place ?? 0 }),
      cursorOf,
    };
    // A list that is replaced while all of it is read is noticed.
    const isWhole = req.query['limit'] === undefined;
    const people = isWhole ? behind(after, lists.people(saved)) : filePages(req, res, after, onePage);
    if (wanted === 'text/csv') await streamAsCsv(res, saved, people);
    else if (wanted === LINES) await streamAsLines(res, saved, people);
    else {
      const page = await lists.page(saved, { limit, after });
      const next = page.next === null ? null : cursorOf(page.next);
      res.json({ data: page.items.map((person) => personOnListView(person, saved.fields)), next });
    }
  };

  async function streamAsCsv(res: Response, saved: SavedList, pages: Pages): Promise<void> {
    async function* rows(): AsyncGenerator<CsvCell[][]> {
      for await (const people of pages)
        yield people.map(({ digits, values }) => [
          `+${digits}`,
          ...saved.fields.map((_name, at) => guarded(values[at] ?? '')),
        ]);
    }
    await streamCsv(res, `${fileNameOf(saved)}.csv`, ['to', ...saved.fields], rows());
  }

  async function streamAsLines(res: Response, saved: SavedList, pages: Pages): Promise<void> {
    await streamText(res, { type: LINES, fileName: `${fileNameOf(saved)}.ndjson`, head: '' }, async () => {
      const next = await pages.next();
      if (next.done === true) return null;
      return next.value.map((person) => `${JSON.stringify(personOnListView(person, saved.fields))}\n`).join('');
    });
  }

  const remove: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const result = await lists.removePerson(savedNameOf(req), digitsAsNumber(numberOf(req, numbers)));
    if (result === null) throw new ServiceError('not_found', 'There is no list of this name.');
    if (result === 'absent') throw new ServiceError('not_found', 'This number is not on the list.');
    res.status(204).end();
  };

  return { list, remove };
}

async function* behind(after: number, all: Pages): Pages {
  for await (const people of all) yield people.filter(({ digits }) => digits > after);
}

/** Fit for every file system. */
const fileNameOf = ({ name }: SavedList): string => `list-${name.replace(/[^\p{L}\p{N} _.-]/gu, '_')}`;
