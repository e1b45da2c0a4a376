import { sql } from 'kysely';
import { createAcceptStore, type AcceptStore } from './acceptStore';
import { createBroadcastStore, type BroadcastStore } from './broadcastStore';
import { createClaimStore, type ClaimStore } from './claimStore';
import { createControlStore, type ControlStore } from './controlStore';
import { openDatabase, type Database, type OpenOptions } from './database';
import { createMissingReportStore, type MissingReportStore } from './missingReportStore';
import { createInboundStore, type InboundStore } from './inboundStore';
import { createOptOutStore, type OptOutStore } from './optOutStore';
import { createPacingStore, type PacingStore } from './pacingStore';
import { createPersonStore, type PersonStore } from './personStore';
import { createRecipientStore, type RecipientStore } from './recipientStore';
import { createReconcileStore, type ReconcileStore } from './reconcileStore';
import { createReportStore, type ReportStore } from './reportStore';
import { createRetentionStore, type RetentionStore } from './retentionStore';
import { createScheduleStore, type ScheduleStore } from './scheduleStore';
import { createSettleStore, type SettleStore } from './settleStore';

/** Everything that is kept, by what it is kept for. */
export type Store = {
  readonly kind: 'sqlite' | 'postgres';
  readonly accepting: AcceptStore;
  readonly broadcasts: BroadcastStore;
  readonly recipients: RecipientStore;
  readonly claims: ClaimStore;
  readonly settling: SettleStore;
  readonly control: ControlStore;
  readonly reconciling: ReconcileStore;
  readonly missing: MissingReportStore;
  readonly pacing: PacingStore;
  readonly schedule: ScheduleStore;
  readonly optOuts: OptOutStore;
  readonly inbound: InboundStore;
  readonly people: PersonStore;
  readonly reports: ReportStore;
  readonly retention: RetentionStore;
  /** Rejects where the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the database named by `url`, brings its schema up to date and gathers the stores.
 *
 * @throws DatabaseInUseError when another process holds the SQLite file
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  return storeOn(await openDatabase(options));
}

/** The stores over a database that is open already. */
export function storeOn(database: Database): Store {
  return {
    kind: database.engine.kind,
    accepting: createAcceptStore(database),
    broadcasts: createBroadcastStore(database),
    recipients: createRecipientStore(database),
    claims: createClaimStore(database),
    settling: createSettleStore(database),
    control: createControlStore(database),
    reconciling: createReconcileStore(database),
    missing: createMissingReportStore(database),
    pacing: createPacingStore(database),
    schedule: createScheduleStore(database),
    optOuts: createOptOutStore(database),
    inbound: createInboundStore(database),
    people: createPersonStore(database),
    reports: createReportStore(database),
    retention: createRetentionStore(database),
    async ping() {
      await sql`select 1`.execute(database.db);
    },
    close: () => database.close(),
  };
}
