import type { FaultKind } from '../faults/fault';
import type { MessageState, SendCall } from '../plivo/message';

/** A send call as it was made. */
export type RecordedCall = SendCall & {
  readonly number: number;
  readonly at: number;
  readonly by: string;
  /** Nobody can know by its end whether Plivo has taken it. */
  isLost: boolean;
};

/** A STOP or START of a person, in digits. */
export type Saying = {
  readonly person: string;
  readonly says: 'STOP' | 'START';
  readonly saidAt: number;
  /** The first posts of it got lost where nobody can know of them: neither here nor with Plivo did anything fail. */
  readonly isHeldUp: boolean;
  /** When it was first answered 2xx; null until then. */
  committedAt: number | null;
};

/** How the last try of a caller to submit a broadcast ended. */
export type CallersEnd =
  | { readonly kind: 'told'; readonly id: string; readonly isReplay: boolean }
  /** An error that says that nobody will be texted. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The connection broke, or the answer said that nothing is known, and the caller left it at that. */
  | { readonly kind: 'in the dark' };

/** What the world saw for itself, beside Plivo's ledger and the database: what the end of it is held against. */
export type WorldRecord = {
  readonly calls: RecordedCall[];
  readonly sayings: Saying[];
  /** By place in the plan; none while the caller is not done. */
  readonly callers: Map<number, CallersEnd>;
  /** How long callers were told to wait, by place in the plan, after the process was gone that had their request. */
  readonly putOffMs: Map<number, number>;
  /** At which time of people's own clocks a broadcast (by text) was asked for. */
  readonly localTimes: Map<string, string>;
  /** Ids of broadcasts that somebody has had resumed, or tried to, and when. */
  readonly resumes: { readonly id: string; readonly at: number }[];
  /** Reports that the service has taken in, by the message's uuid: what each told last, and when. */
  readonly heard: Map<string, { readonly state: MessageState; readonly at: number }>;
  /** Broadcasts (by text) that a person has cancelled. */
  readonly cancelled: Set<string>;
  /** Texts of calls of which Plivo took a part of the people. */
  readonly takenInPart: Set<string>;
  readonly counts: WorldCounts;
  /** Faults that came about: not every moment that is planned comes. */
  readonly faults: Map<FaultKind, number>;
  /** Errors that no part of the service may make. */
  readonly surprises: string[];
};

export type WorldCounts = {
  starts: number;
  crashes: number;
  stops: number;
  restarts: number;
  resolved: number;
  posts: number;
  lostPosts: number;
  listRequests: number;
};

export const newWorldRecord = (): WorldRecord => ({
  calls: [],
  sayings: [],
  callers: new Map(),
  putOffMs: new Map(),
  localTimes: new Map(),
  resumes: [],
  heard: new Map(),
  cancelled: new Set(),
  takenInPart: new Set(),
  counts: { starts: 0, crashes: 0, stops: 0, restarts: 0, resolved: 0, posts: 0, lostPosts: 0, listRequests: 0 },
  faults: new Map(),
  surprises: [],
});

export function countFault({ faults }: WorldRecord, kind: FaultKind): void {
  faults.set(kind, (faults.get(kind) ?? 0) + 1);
}
