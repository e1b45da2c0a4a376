/**
 * - `pending`: a second person is to look at it, and until then nobody is texted
 * - `approved`, `rejected`: they have
 * - `expired`: nobody has in time
 * - `withdrawn`: it was cancelled before
 */
export const APPROVAL_STATES = ['pending', 'approved', 'rejected', 'expired', 'withdrawn'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];
