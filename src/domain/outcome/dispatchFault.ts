/**
 * What stops dispatch as a whole: `line`: nothing reaches Plivo, or it asks to slow down; `account`: it refuses the
 * account; `forbidden`: it says 403, perhaps of the account; `unanswered`: calls are lost one after the other; `funds`: the
 * account has too little for what is next, by our own reckoning; `restored`: the database may be a copy that was put back, and
 * Plivo's list cannot be asked what was sent since: no call feels whether these two are over.
 */
export type FaultKind = 'line' | 'account' | 'forbidden' | 'unanswered' | 'funds' | 'restored';

/** What a call that is taken shows to be over. */
export const FELT_BY_CALLS: readonly FaultKind[] = ['line', 'account', 'forbidden', 'unanswered'];

export type PauseInput = {
  readonly kind: FaultKind;
  /** Tries that have met the fault, from 1. */
  readonly tries: number;
  readonly baseMs: number;
  /** 0 to 1. */
  readonly random: number;
};

/** The first pause, in first back-offs, and the longest. An account is put right by people: a call a minute is enough. */
const PAUSES: Record<FaultKind, { readonly first: number; readonly longestMs: number }> = {
  line: { first: 1, longestMs: 30_000 },
  account: { first: 25, longestMs: 60_000 },
  forbidden: { first: 1, longestMs: 60_000 },
  unanswered: { first: 5, longestMs: 30_000 },
  funds: { first: 25, longestMs: 60_000 },
  restored: { first: 25, longestMs: 60_000 },
};

/** How long nothing is sent before one call tries again; milliseconds. Longer each time, and spread by a fifth either way. */
export function pauseMs({ kind, tries, baseMs, random }: PauseInput): number {
  // The second 403 with nothing taken in between is the account's, as far as anybody can tell.
  if (kind === 'forbidden' && tries > 1) return pauseMs({ kind: 'account', tries: tries - 1, baseMs, random });
  const { first, longestMs } = PAUSES[kind];
  const nominal = Math.min(longestMs, baseMs * first * 2 ** Math.min(tries - 1, 40));
  return Math.round(nominal * (0.8 + 0.4 * random));
}

/** Nobody keeps a whole service waiting for longer with one header. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/** What is honoured of a `Retry-After`. */
export const honoured = (retryAfterMs: number | null): number => Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);

const ACCOUNT_CODES = new Set(['unauthorized', 'insufficient_credit', 'proxy_unauthorized']);

/** Which kind a fault is of that was met with such a code. */
export function faultKindOf(code: string): FaultKind {
  if (ACCOUNT_CODES.has(code)) return 'account';
  if (code === 'low_balance') return 'funds';
  if (code === 'restore_check') return 'restored';
  return code === 'forbidden' || code === 'unanswered' ? code : 'line';
}

const GRAVITY: Record<FaultKind, number> = { unanswered: 0, line: 1, forbidden: 2, account: 3, funds: 4, restored: 5 };

/** Whether it says more of why nothing goes than the other does. */
export const isGraver = (kind: FaultKind, than: FaultKind): boolean => GRAVITY[kind] > GRAVITY[than];

/** Whether one goes on where the other was: a line that is down shows itself in many ways. */
export const isSameTrouble = (one: FaultKind, other: FaultKind): boolean =>
  GRAVITY[one] >= GRAVITY.forbidden === GRAVITY[other] >= GRAVITY.forbidden;

/** Calls that were made since Plivo refused a batch, without those for the batch itself. */
export type CallsSince = { readonly taken: number; readonly refused: number };

/** While most others are taken, so that neither the line nor the rate is at fault. */
const TAKEN_FOR_EACH_REFUSED = 3;

/** Whether it is the batch that is refused and not whatever is sent. */
export const isOwnFault = ({ taken, refused }: CallsSince): boolean =>
  taken > 0 && taken >= TAKEN_FOR_EACH_REFUSED * refused;
