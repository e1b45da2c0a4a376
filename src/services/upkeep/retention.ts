import type { AuditStore } from '../../store/access/auditStore';
import type { RequestCounts } from '../../store/access/requestCounts';
import type { ListStore } from '../../store/audience/listStore';
import type { AnonymizingStore } from '../../store/erasing/anonymizing';
import type { InboundStore } from '../../store/hearing/inboundStore';
import type { RetentionStore } from '../../store/upkeep/retentionStore';
import { createLoop, type Loop, type LoopDeps } from './loop';

export type RetentionDeps = LoopDeps & {
  readonly retention: RetentionStore;
  readonly anonymizing: AnonymizingStore;
  readonly lists: Pick<ListStore, 'removeSome'>;
  readonly inbound: Pick<InboundStore, 'forgetSignatures'>;
  /** Null where nobody else counts. */
  readonly requestCounts: Pick<RequestCounts, 'removeOver'> | null;
  /** How long what has ended is kept, in milliseconds; null for ever, but what was half removed goes. */
  readonly ageMs: number | null;
  /** How long numbers and texts of it are kept, in milliseconds; null for as long as the rest. */
  readonly namesAgeMs: number | null;
  readonly audit: Pick<AuditStore, 'removeOld'>;
  /** The same for lines of the audit log. */
  readonly auditAgeMs: number | null;
};

const LOOK_EVERY_MS = 60_000;
/** Between two steps, so that removing never takes more than a part of the database's time. */
const REST_MS = 20;

/** Removes old broadcasts and texts, and what lists no longer have, a little at a time. */
export const createRetention = (deps: RetentionDeps): Loop =>
  createLoop(deps, {
    name: 'retention',
    step: async () => ((await removeSome(deps)) ? REST_MS : LOOK_EVERY_MS),
  });

const removeSome = async (deps: RetentionDeps): Promise<boolean> => {
  const { retention, anonymizing, lists, inbound, requestCounts, audit, ageMs, namesAgeMs, auditAgeMs } = deps;
  return (
    (await retention.removeSome(ageMs)) ||
    (namesAgeMs !== null && (await anonymizing.anonymizeSome(namesAgeMs))) ||
    (await lists.removeSome()) ||
    (await inbound.forgetSignatures()) ||
    ((await requestCounts?.removeOver()) ?? false) ||
    (auditAgeMs !== null && (await audit.removeOld(auditAgeMs)))
  );
};
