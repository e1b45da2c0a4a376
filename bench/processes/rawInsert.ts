import LibsqlDatabase from 'libsql';
import pg from 'pg';
import { distinctPeople } from '../stage/people';
import { serve } from '../stage/actorSide';

/**
 * - `batches`: one row for a batch, all batches in one transaction, as at acceptance
 * - `people`: one row for a person who can be found by number, one transaction a batch, as at dispatch
 */
export type Insertion = 'batches' | 'people';

type Inserter = Record<Insertion, () => Promise<void> | void>;

const BATCH = 1000;
const TABLES = [
  'create table raw_batches (number integer not null, recipients text not null)',
  `create table raw_people (
     round integer not null, batch integer not null, position integer not null, number text not null,
     primary key (round, batch, position))`,
  'create unique index raw_people_by_number on raw_people (number, round)',
];

/** The floor of everything that is kept: the database's own driver, durable commits, the fewest indexes that could do. */
const methods = {
  async prepare({ url, size }: { url: string; size: number }): Promise<void> {
    const people = distinctPeople(size);
    const batches = Array.from({ length: Math.ceil(size / BATCH) }, (_, index) =>
      people.slice(index * BATCH, (index + 1) * BATCH),
    );
    inserter = url.startsWith('sqlite:')
      ? onSqlite(url.slice('sqlite:'.length), batches)
      : await onPostgres(url, batches);
  },
  /** Milliseconds. */
  async measure(what: Insertion): Promise<number> {
    if (inserter === null) throw new Error('No database was opened.');
    const began = performance.now();
    await inserter[what]();
    return performance.now() - began;
  },
};
export type RawInsertProcess = typeof methods;

let inserter: Inserter | null = null;
/** Every round has rows of its own. */
let round = 0;

/** With the settings of the service: `synchronous = full` means one fsync a commit. */
function onSqlite(path: string, batches: readonly (readonly string[])[]): Inserter {
  const file = new LibsqlDatabase(path);
  for (const pragma of ['journal_mode = wal', 'synchronous = full', 'cache_size = -65536'])
    file.exec(`pragma ${pragma}`);
  for (const table of TABLES) file.exec(table);
  const lists = batches.map((batch) => JSON.stringify(batch));
  const addBatch = file.prepare('insert into raw_batches values (?, ?)');
  const addPeople = file.prepare('insert into raw_people select ?, ?, key, value from json_each(?)');
  return {
    batches() {
      file.exec('begin');
      lists.forEach((list, number) => addBatch.run(number, list));
      file.exec('commit');
    },
    people() {
      round++;
      lists.forEach((list, number) => addPeople.run(round, number, list));
    },
  };
}

async function onPostgres(url: string, batches: readonly (readonly string[])[]): Promise<Inserter> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const table of TABLES) await client.query(table);
  const lists = batches.map((batch) => JSON.stringify(batch));
  return {
    async batches() {
      await client.query(
        `insert into raw_batches
         select ordinality, value from unnest($1::text[]) with ordinality as u (value, ordinality)`,
        [lists],
      );
    },
    async people() {
      round++;
      for (const [number, batch] of batches.entries()) {
        await client.query(
          `insert into raw_people
           select $1, $2, ordinality, value from unnest($3::text[]) with ordinality as u (value, ordinality)`,
          [round, number, batch],
        );
      }
    },
  };
}

serve(methods);
