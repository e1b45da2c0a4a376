/** What can be changed, as the audit log has it: what it is done to, and what is done. */
export const AUDIT_ACTIONS = [
  'broadcast.created',
  'broadcast.paused',
  'broadcast.resumed',
  'broadcast.cancelled',
  'broadcast.approved',
  'broadcast.rejected',
  'broadcast.expired',
  'broadcast.resent',
  'batch.resolved',
  'optOut.added',
  'optOut.removed',
  'optOuts.imported',
  'optOuts.importUndone',
  'inbound.reviewed',
  'list.replaced',
  'list.peopleAdded',
  'list.personRemoved',
  'list.removed',
  'person.erased',
  'template.saved',
  'template.removed',
  'key.created',
  'key.rotated',
  'key.revoked',
  'database.putBack',
  'database.vouchedFor',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

const SHOWN_FIRST = 5;
const SHOWN_LAST = 2;
/** Of a short number too, so that trying all it may be is of no use. */
const LEAST_HIDDEN = 4;

/** A number of which the log tells no more than it takes to see which of two people it was. */
export function masked(number: string): string {
  const hidden = Math.max(LEAST_HIDDEN, number.length - SHOWN_FIRST - SHOWN_LAST);
  const last = Math.max(0, Math.min(SHOWN_LAST, number.length - SHOWN_FIRST - hidden));
  const first = Math.max(0, Math.min(SHOWN_FIRST, number.length - hidden));
  return number.slice(0, first) + '*'.repeat(hidden) + number.slice(number.length - last);
}
