import { type Kysely, sql, type Transaction } from 'kysely';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';
import type { Schema } from '../engine/schema';

/** One version of a template. Times in milliseconds since 1970. */
export type Template = {
  readonly name: string;
  readonly version: number;
  /** Of the template, not of this version. */
  readonly latestVersion: number;
  readonly text: string;
  /** Of this version. */
  readonly createdAt: number;
};

export type TemplateStore = {
  /** The latest versions, by name. */
  list(query: { limit: number; after: string | null }): Promise<Page<Template, string>>;
  /** The latest version where none is named; null where there is no such template or version. */
  find(name: string, version: number | null): Promise<Template | null>;
  /** Makes a version of the text, unless it is the latest one's already. */
  save(name: string, text: string): Promise<{ readonly isNew: boolean; readonly template: Template }>;
  /** Removes all versions. Returns false where there is no such template. */
  remove(name: string): Promise<boolean>;
};

export function createTemplateStore({ db, engine }: Database): TemplateStore {
  return {
    async list({ limit, after }) {
      let query = templateRows(db)
        .whereRef('v.version', '=', 't.version')
        .orderBy('t.name')
        .limit(limit + 1);
      if (after !== null) query = query.where('t.name', '>', after);
      return pageOf((await query.execute()).map(templateOf), limit, ({ name }) => name);
    },

    find: (name, version) => findTemplate(db, name, version),

    save: (name, text) =>
      inTransaction(db, async (tx) => {
        const isNew = await saveVersion(tx, engine, name, text);
        const template = await findTemplate(tx, name, null);
        if (template === null) throw new Error('A template that was just written is not there.');
        await record(tx, engine, { action: 'template.saved', subject: name, details: { version: template.version } });
        return { isNew, template };
      }),

    remove: (name) =>
      inTransaction(db, async (tx) => {
        const removed = await sql<{ template_key: number }>`
          update templates set deleted_at = ${engine.now} where name = ${name} and deleted_at is null
          returning template_key`.execute(tx);
        const [template] = removed.rows;
        if (template === undefined) return false;
        await tx.deleteFrom('template_versions').where('template_key', '=', template.template_key).execute();
        await record(tx, engine, { action: 'template.removed', subject: name });
        return true;
      }),
  };
}

const templateRows = (db: Kysely<Schema>) =>
  db
    .selectFrom('templates as t')
    .innerJoin('template_versions as v', 'v.template_key', 't.template_key')
    .select(['t.name', 'v.version', 't.version as latest', 'v.message_text', 'v.created_at'])
    .where('t.deleted_at', 'is', null);

async function findTemplate(db: Kysely<Schema>, name: string, version: number | null): Promise<Template | null> {
  const one = templateRows(db).where('t.name', '=', name);
  const query = version === null ? one.whereRef('v.version', '=', 't.version') : one.where('v.version', '=', version);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : templateOf(row);
}

/** Returns whether there was no such template. */
async function saveVersion(tx: Transaction<Schema>, engine: Engine, name: string, text: string): Promise<boolean> {
  // Whoever comes second waits here, and then finds what the first one has made.
  await sql`
    insert into templates (name, version, created_at, deleted_at) values (${name}, 0, ${engine.now}, ${engine.now})
    on conflict (name) do nothing`.execute(tx);
  const found = await sql<{ template_key: number; version: number; deleted_at: number | null; text: string | null }>`
    select t.template_key, t.version, t.deleted_at, (
      select v.message_text from template_versions v
      where v.template_key = t.template_key and v.version = t.version) as text
    from templates t where t.name = ${name} ${engine.forUpdate}`.execute(tx);
  const [template] = found.rows;
  if (template === undefined) throw new Error('A template that was just written is not there.');
  const isNew = template.deleted_at !== null;
  if (!isNew && template.text === text) return false;
  const version = template.version + 1;
  await sql`
    update templates set version = ${version}, deleted_at = null,
      created_at = ${isNew ? engine.now : sql.ref('created_at')}
    where template_key = ${template.template_key}`.execute(tx);
  await sql`
    insert into template_versions (template_key, version, message_text, created_at)
    values (${template.template_key}, ${version}, ${text}, ${engine.now})`.execute(tx);
  return isNew;
}

type TemplateRow = {
  readonly name: string;
  readonly version: number;
  readonly latest: number;
  readonly message_text: string;
  readonly created_at: number;
};

const templateOf = (row: TemplateRow): Template => ({
  name: row.name,
  version: row.version,
  latestVersion: row.latest,
  text: row.message_text,
  createdAt: row.created_at,
});
