import { sql } from 'kysely';
import { createAuditStore, type AuditStore } from './access/auditStore';
import { createKeyStore, type KeyStore } from './access/keyStore';
import { createRequestCounts, type RequestCounts } from './access/requestCounts';
import { createAcceptStore, type AcceptStore } from './accepting/acceptStore';
import { createCanaryStore, type CanaryStore } from './accepting/canaryStore';
import { createListStore, type ListStore } from './audience/listStore';
import { createTemplateStore, type TemplateStore } from './audience/templateStore';
import { createApprovalStore, type ApprovalStore } from './sending/approvalStore';
import { createBudgetStore, type BudgetStore } from './sending/budgetStore';
import { createBroadcastStore, type BroadcastStore } from './reading/broadcastStore';
import { createClaimStore, type ClaimStore } from './claiming/claimStore';
import { createControlStore, type ControlStore } from './sending/controlStore';
import { openDatabase, type Database, type OpenOptions, type PoolStand } from './engine/database';
import { createLeftOutStore, type LeftOutStore } from './reading/leftOutNow';
import { createMissingReportStore, type MissingReportStore } from './settling/missingReportStore';
import { createFaultStore, type FaultStore } from './sending/faultStore';
import { createDeafTimeStore, type DeafTimeStore } from './hearing/deafTimeStore';
import { createInboundStore, type InboundStore } from './hearing/inboundStore';
import { createInboundTokenStore, type InboundTokenStore } from './hearing/inboundTokenStore';
import { createOptOutStore, type OptOutStore } from './optOuts/optOutStore';
import { createPacingStore, type PacingStore } from './sending/pacingStore';
import { createPersonStore, type PersonStore } from './reading/personStore';
import { createRecipientStore, type RecipientStore } from './reading/recipientStore';
import { createStandStore, type StandStore } from './reading/standStore';
import { createRetryStore, type RetryStore } from './reading/retryStore';
import { createEvidenceStore, type EvidenceStore } from './settling/evidenceStore';
import { createRestoreStore, type RestoreStore } from './restoring/restoreStore';
import { createLeaseStore, type LeaseStore } from './settling/leaseStore';
import { createListFaultStore, type ListFaultStore } from './settling/listFaultStore';
import { createReconcileStore, type ReconcileStore } from './settling/reconcileStore';
import { createReportStore, type ReportStore } from './hearing/reportStore';
import { reviewNumbers } from './upkeep/numberReview';
import { createAnonymizingStore, type AnonymizingStore } from './erasing/anonymizing';
import { createErasureStore, type ErasureStore } from './erasing/personErasure';
import { createRetentionStore, type RetentionStore } from './upkeep/retentionStore';
import { createScheduleStore, type ScheduleStore } from './accepting/scheduleStore';
import { createAddressStore, type AddressStore } from './telling/addressStore';
import { createDeliveryStore, type DeliveryStore } from './telling/deliveryStore';
import { createWatchStore, type WatchStore } from './telling/watchStore';
import { createSettleStore, type SettleStore } from './sending/settleStore';

/** Everything that is kept, by what it is kept for. */
export type Store = {
  readonly kind: 'sqlite' | 'postgres';
  readonly keys: KeyStore;
  readonly requestCounts: RequestCounts;
  readonly audit: AuditStore;
  readonly accepting: AcceptStore;
  readonly broadcasts: BroadcastStore;
  readonly recipients: RecipientStore;
  readonly claims: ClaimStore;
  readonly settling: SettleStore;
  readonly control: ControlStore;
  readonly approvals: ApprovalStore;
  readonly reconciling: ReconcileStore;
  readonly evidence: EvidenceStore;
  readonly restoring: RestoreStore;
  readonly leases: LeaseStore;
  readonly listFaults: ListFaultStore;
  readonly missing: MissingReportStore;
  readonly pacing: PacingStore;
  readonly faults: FaultStore;
  readonly budgets: BudgetStore;
  readonly schedule: ScheduleStore;
  readonly canaries: CanaryStore;
  readonly optOuts: OptOutStore;
  readonly inbound: InboundStore;
  readonly inboundToken: InboundTokenStore;
  readonly deafTime: DeafTimeStore;
  readonly people: PersonStore;
  readonly leftOut: LeftOutStore;
  readonly retries: RetryStore;
  readonly lists: ListStore;
  readonly templates: TemplateStore;
  readonly reports: ReportStore;
  readonly retention: RetentionStore;
  readonly stand: StandStore;
  readonly anonymizing: AnonymizingStore;
  readonly erasure: ErasureStore;
  readonly watch: WatchStore;
  readonly addresses: AddressStore;
  readonly deliveries: DeliveryStore;
  /** How the connections are used; null where there is one alone. */
  pool(): PoolStand | null;
  /** Rejects where the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the database named by `url`, brings its schema and the numbers in it up to date and gathers the stores.
 *
 * @throws DatabaseInUseError when another process holds the SQLite file
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  const database = await openDatabase(options);
  try {
    await reviewNumbers(database, { onFirstChange: options.onNumbersReview });
  } catch (error) {
    await database.close();
    throw error;
  }
  return storeOn(database);
}

/** The stores over a database that is open already. */
export function storeOn(database: Database): Store {
  const control = createControlStore(database);
  return {
    kind: database.engine.kind,
    keys: createKeyStore(database),
    requestCounts: createRequestCounts(database),
    audit: createAuditStore(database),
    accepting: createAcceptStore(database),
    broadcasts: createBroadcastStore(database),
    recipients: createRecipientStore(database),
    claims: createClaimStore(database),
    settling: createSettleStore(database),
    control,
    approvals: createApprovalStore(database, () => control.finishCancelling()),
    reconciling: createReconcileStore(database),
    evidence: createEvidenceStore(database),
    restoring: createRestoreStore(database),
    leases: createLeaseStore(database),
    listFaults: createListFaultStore(database),
    missing: createMissingReportStore(database),
    pacing: createPacingStore(database),
    faults: createFaultStore(database),
    budgets: createBudgetStore(database),
    schedule: createScheduleStore(database),
    canaries: createCanaryStore(database),
    optOuts: createOptOutStore(database),
    inbound: createInboundStore(database),
    inboundToken: createInboundTokenStore(database),
    deafTime: createDeafTimeStore(database),
    people: createPersonStore(database),
    leftOut: createLeftOutStore(database),
    retries: createRetryStore(database),
    lists: createListStore(database),
    templates: createTemplateStore(database),
    reports: createReportStore(database),
    retention: createRetentionStore(database),
    stand: createStandStore(database),
    anonymizing: createAnonymizingStore(database),
    erasure: createErasureStore(database),
    watch: createWatchStore(database),
    addresses: createAddressStore(database),
    deliveries: createDeliveryStore(database),
    pool: () => database.pool?.() ?? null,
    async ping() {
      await sql`select 1`.execute(database.db);
    },
    close: () => database.close(),
  };
}
