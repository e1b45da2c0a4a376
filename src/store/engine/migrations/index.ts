import { type Kysely, Migrator } from 'kysely';
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
});

/**
 * Brings the database to the newest schema; safe when several instances start at once (Kysely takes a lock).
 *
 * @throws what the failing migration threw; nothing of it remains
 */
export async function migrate(db: Kysely<never>, engine: Engine): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations(engine)) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('The database migration failed.');
}
