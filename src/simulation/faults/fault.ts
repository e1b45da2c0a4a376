import type { Loss, Refusal } from '../plivo/answers';

/** When something happens: at a time, or with the n-th of what the world counts, which finds every gap between two steps. */
export type Moment =
  | { readonly atMs: number }
  /** As the n-th statement of all processes is carried out. */
  | { readonly statement: number }
  /** So long after the n-th send call was made. */
  | { readonly call: number; readonly afterMs: number };

/**
 * One thing that goes wrong in a world, or is odd in it. Each can be taken away from a plan by itself, and everything that
 * is not there is as it should be.
 */
export type Fault =
  | {
      readonly kind: 'crash';
      readonly owner: number;
      readonly when: Moment;
      readonly isHeard: boolean;
      readonly downMs: number;
    }
  | { readonly kind: 'restart'; readonly owner: number; readonly when: Moment; readonly downMs: number }
  /** Stands still and goes on as if nothing had been. */
  | { readonly kind: 'stop'; readonly owner: number; readonly when: Moment; readonly forMs: number }
  /** A copy is made of the database; after `forMs` it is put back, and all processes are down for a while. */
  | { readonly kind: 'restored copy'; readonly when: Moment; readonly forMs: number; readonly downMs: number }
  | { readonly kind: 'clock step'; readonly when: Moment; readonly byMs: number }
  /** Statements fail by chance; `code` is SQLite's. */
  | {
      readonly kind: 'database trouble';
      readonly when: Moment;
      readonly forMs: number;
      readonly share: number;
      readonly code: string;
    }
  /** No batch with this person can be claimed. */
  | { readonly kind: 'poisoned person'; readonly person: number }
  /** Owners with another PLIVO_TIMEOUT_MS than the first. */
  | { readonly kind: 'other time-outs'; readonly timeoutMs: readonly number[] }
  | { readonly kind: 'lost request'; readonly call: number; readonly loss: Loss }
  | { readonly kind: 'lost answer'; readonly call: number; readonly loss: Loss }
  /** Plivo takes some of the people, and its answer is lost. */
  | { readonly kind: 'partial acceptance'; readonly call: number; readonly loss: Loss; readonly share: number }
  /** Plivo takes it, late; `pastTimeoutMs` below 0: within the caller's time-out. */
  | { readonly kind: 'late acceptance'; readonly call: number; readonly pastTimeoutMs: number }
  /** `forMs` null: to the end of the world. `losses`: calls within it are lost, half of them after Plivo has taken them. */
  | {
      readonly kind: 'outage';
      readonly of: 'send' | 'list';
      readonly when: Moment;
      readonly forMs: number | null;
      readonly refusals: readonly Refusal[];
      readonly losses: readonly Loss[];
    }
  /** Whatever holds this person is refused, alone of all. */
  | { readonly kind: 'barred person'; readonly person: number; readonly status: 400 | 403 }
  /** Plivo says of these that they are no numbers that can be texted. */
  | { readonly kind: 'invalid people'; readonly people: readonly number[]; readonly as: 'text' | 'number' }
  | { readonly kind: 'list lags'; readonly ms: number; readonly share: number }
  | { readonly kind: 'list masks' }
  | { readonly kind: 'list has no total' }
  /** Records show another sender than the one that was asked for. */
  | { readonly kind: 'sender replaced'; readonly share: number }
  /** Other software on the account texts around a call; `to`: whom chance picks of those it is for, or that person. */
  | {
      readonly kind: 'other software';
      readonly call: number;
      readonly afterMs: number;
      readonly to: 'one of the people' | 'a stranger' | number;
      readonly sameSender: boolean;
      readonly texts: number;
    }
  | {
      readonly kind: 'reports';
      readonly lost: number;
      readonly late: number;
      readonly doubled: number;
      readonly reordered: number;
    }
  /** `failedPosts`: so many of Plivo's posts of it fail first. */
  | {
      readonly kind: 'handset';
      readonly person: number;
      readonly says: 'STOP' | 'START';
      readonly when: Moment;
      readonly failedPosts: number;
      readonly isDoubled: boolean;
    }
  | { readonly kind: 'pause'; readonly broadcast: number; readonly when: Moment; readonly forMs: number }
  | { readonly kind: 'cancel'; readonly broadcast: number; readonly when: Moment };

export type FaultKind = Fault['kind'];

const EVERY_KIND: Readonly<Record<FaultKind, true>> = {
  crash: true,
  restart: true,
  stop: true,
  'restored copy': true,
  'clock step': true,
  'database trouble': true,
  'poisoned person': true,
  'other time-outs': true,
  'lost request': true,
  'lost answer': true,
  'partial acceptance': true,
  'late acceptance': true,
  outage: true,
  'barred person': true,
  'invalid people': true,
  'list lags': true,
  'list masks': true,
  'list has no total': true,
  'sender replaced': true,
  'other software': true,
  reports: true,
  handset: true,
  pause: true,
  cancel: true,
};

export const FAULT_KINDS = Object.keys(EVERY_KIND) as readonly FaultKind[];
