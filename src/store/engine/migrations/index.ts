import { type Kysely, Migrator, sql } from 'kysely';
import type { Engine } from '../engine';
import { createBroadcasts } from './0001_broadcasts';
import { addCompliance } from './0002_compliance';
import { hideBroadcasts } from './0003_hidden_broadcasts';
import { outliveOutages } from './0004_outages_and_strangers';
import { reviewReplies } from './0005_replies_to_review';
import { spellOnce } from './0006_one_spelling';
import { keepPersonalTexts } from './0007_personal_texts';
import { saveLists } from './0008_saved_lists';
import { limitReach } from './0009_topics_and_caps';
import { goByLocalTime } from './0010_local_times';
import { queueBySender } from './0011_sender_queues';
import { countBySender } from './0012_broadcast_senders';
import { keepBudget } from './0013_budget';
import { sendSomeFirst } from './0014_canaries';
import { retryOnce } from './0015_retries';
import { tryOut } from './0016_tests';
import { tellFeesApart } from './0017_carrier_fees';
import { rememberRoots } from './0018_retry_roots';
import { rememberAsker } from './0019_budget_asker';
import { findHeldBack } from './0020_held_back';
import { forgetNames } from './0021_anonymized';
import { nameKeys } from './0022_keys';
import { waitForApproval } from './0023_approvals';
import { keepAudit } from './0024_audit';
import { tellOthers } from './0025_webhooks';
import { takeTurns } from './0026_webhook_turns';
import { doubtCopies } from './0027_restored_copies';
import { countRequests } from './0028_request_counts';
import { countTwice } from './0029_watched';
import { findRefused } from './0030_refused';
import { rememberSignatures } from './0031_used_signatures';

/** Forward only, in this order, never edited once released. */
const migrations = (engine: Engine) => ({
  '0001_broadcasts': createBroadcasts(engine),
  '0002_compliance': addCompliance(),
  '0003_hidden_broadcasts': hideBroadcasts(),
  '0004_outages_and_strangers': outliveOutages(),
  '0005_replies_to_review': reviewReplies(),
  '0006_one_spelling': spellOnce(),
  '0007_personal_texts': keepPersonalTexts(),
  '0008_saved_lists': saveLists(engine),
  '0009_topics_and_caps': limitReach(engine),
  '0010_local_times': goByLocalTime(),
  '0011_sender_queues': queueBySender(),
  '0012_broadcast_senders': countBySender(engine),
  '0013_budget': keepBudget(),
  '0014_canaries': sendSomeFirst(),
  '0015_retries': retryOnce(engine),
  '0016_tests': tryOut(),
  '0017_carrier_fees': tellFeesApart(),
  '0018_retry_roots': rememberRoots(),
  '0019_budget_asker': rememberAsker(),
  '0020_held_back': findHeldBack(),
  '0021_anonymized': forgetNames(),
  '0022_keys': nameKeys(engine),
  '0023_approvals': waitForApproval(engine),
  '0024_audit': keepAudit(engine),
  '0025_webhooks': tellOthers(engine),
  '0026_webhook_turns': takeTurns(engine),
  '0027_restored_copies': doubtCopies(),
  '0028_request_counts': countRequests(engine),
  '0029_watched': countTwice(),
  '0030_refused': findRefused(),
  '0031_used_signatures': rememberSignatures(),
});

/**
 * Brings the database to the newest schema; safe when several instances start at once (Kysely takes a lock).
 *
 * @throws what the failing migration threw; nothing of it remains
 */
export async function migrate(db: Kysely<never>, engine: Engine): Promise<void> {
  const known = migrations(engine);
  if (await isUpToDate(db, Object.keys(known))) return;
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(known) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('The database migration failed.');
}

/** Kysely reads the whole catalogue first: a tenth of what PostgreSQL was seen at while a test run started services. */
async function isUpToDate(db: Kysely<never>, known: readonly string[]): Promise<boolean> {
  try {
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
    const applied = new Set(rows.map(({ name }) => name));
    return applied.size === known.length && known.every((name) => applied.has(name));
  } catch {
    // There is no such table yet; whatever else was wrong is met again.
    return false;
  }
}

/** How the schema of a database stands to this version's: `foreign` are the steps of a newer one. */
export type SchemaStanding = {
  readonly applied: number;
  readonly missing: number;
  readonly foreign: readonly string[];
};

/** Only reads. */
export async function schemaStanding(db: Kysely<never>, engine: Engine): Promise<SchemaStanding> {
  const known = Object.keys(migrations(engine));
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === MIGRATION_TABLE)) return { applied: 0, missing: known.length, foreign: [] };
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
  const applied = rows.map(({ name }) => name);
  return {
    applied: applied.length,
    missing: known.filter((name) => !applied.includes(name)).length,
    foreign: applied.filter((name) => !known.includes(name)),
  };
}

/** Kysely's own. */
const MIGRATION_TABLE = 'kysely_migration';
