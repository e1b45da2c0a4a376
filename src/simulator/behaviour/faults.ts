import { stripNumber } from '../formats/phoneDigits';
import type { SeededRandom } from '../clockwork/seededRandom';

export const FAULT_KINDS = [
  /** Answer with `status` and an error body; nothing is taken. */
  'status',
  /** Take the texts, then cut the connection: the caller cannot know. */
  'accept-then-reset',
  /** Cut the connection; nothing is taken. */
  'reset',
  /** Never answer; nothing is taken. */
  'hang',
  /** Take the texts, never answer. */
  'accept-then-hang',
  /** Take the texts, answer 500. */
  'accept-then-500',
  /** Answer `status` (500) with the JSON text null; nothing is taken. */
  'null-body',
  /** Answer `status` (502) with a page, as a gateway does; nothing is taken. */
  'html',
  /** Take the texts, answer `status` (503) with a page: a gateway that passed the request on. */
  'accept-then-html',
  /** Take the texts, answer 202 with something that is no JSON. */
  'garbage-202',
  /** Take the texts, answer 202 with half of the JSON. */
  'truncated',
  /** Take the texts, answer after `delayMs` (5000). */
  'slow',
  /** Redirect to an address that redirects to itself, with `status` (302); nothing is taken. */
  'redirect-loop',
] as const;
const FAULT_TARGETS = ['send', 'list', 'get', 'account', 'pricing', 'number', 'application'] as const;

export type FaultTarget = (typeof FAULT_TARGETS)[number];
export type Fault = {
  kind: (typeof FAULT_KINDS)[number];
  /** For status, null-body, html, accept-then-html and redirect-loop. */
  status?: number;
  /** Text of the body's `error`. */
  error?: string;
  /** Seconds, sent as the header Retry-After. */
  retryAfter?: number;
  /** For slow. */
  delayMs?: number;
  /** How many requests it hits; 0 = until cleared. When not given 1, or as many as come within `forMs`. */
  times?: number;
  /** How long it lasts, from when it is added; without end when not given. */
  forMs?: number;
  /** 0..1, 1 when not given. A request that it spares does not count in `times`. */
  probability?: number;
  /** Which requests; sends when not given. */
  target?: FaultTarget;
  /** Only sends whose dst contains this number. */
  recipient?: string;
};

export type Faults = {
  add(fault: Fault): void;
  clear(): void;
  /** Those that can still hit, with the hits they have left. */
  list(): Fault[];
  /** The first that hits this request, used up by it. */
  take(target: FaultTarget, recipients: readonly string[]): Fault | undefined;
};

export function createFaults(random: SeededRandom): Faults {
  let waiting: { fault: Fault; left: number; until: number }[] = [];
  const dropPast = (): void => {
    waiting = waiting.filter(({ left, until }) => left > 0 && until > performance.now());
  };
  const hits = (fault: Fault, target: FaultTarget, recipients: readonly string[]): boolean =>
    (fault.target ?? 'send') === target &&
    (fault.recipient === undefined || recipients.map(stripNumber).includes(stripNumber(fault.recipient))) &&
    random.chance(fault.probability ?? 1);

  return {
    add: (fault) => {
      const times = fault.times ?? (fault.forMs === undefined ? 1 : 0);
      const until = fault.forMs === undefined ? Infinity : performance.now() + fault.forMs;
      waiting.push({ fault, left: times === 0 ? Infinity : times, until });
    },
    clear: () => {
      waiting = [];
    },
    list: () => {
      dropPast();
      return waiting.map(({ fault, left }) => ({ ...fault, times: left === Infinity ? 0 : left }));
    },
    take: (target, recipients) => {
      dropPast();
      const found = waiting.find(({ fault }) => hits(fault, target, recipients));
      if (found) found.left -= 1;
      return found?.fault;
    },
  };
}

const OPTIONAL_FIELDS: Record<string, { holds: (value: unknown) => boolean; wanted: string }> = {
  status: { holds: (value) => isWhole(value, 200, 599), wanted: 'an HTTP status from 200 to 599' },
  error: { holds: (value) => typeof value === 'string', wanted: 'a text' },
  retryAfter: { holds: (value) => isWhole(value, 0, 86_400), wanted: 'whole seconds, 0 or more' },
  delayMs: { holds: (value) => isWhole(value, 0, 86_400_000), wanted: 'whole milliseconds, 0 or more' },
  times: { holds: (value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER), wanted: 'a whole number; 0 = until cleared' },
  forMs: { holds: (value) => isWhole(value, 1, 86_400_000), wanted: 'whole milliseconds, 1 or more' },
  probability: {
    holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    wanted: 'a number from 0 to 1',
  },
  target: { holds: (value) => isOneOf(FAULT_TARGETS, value), wanted: `one of ${FAULT_TARGETS.join(', ')}` },
  recipient: { holds: (value) => typeof value === 'string', wanted: 'a phone number as text' },
};

/** Reads a fault from outside; the errors say what to change. */
export function parseFault(input: Readonly<Record<string, unknown>>): { fault: Fault } | { errors: string[] } {
  const { kind, ...rest } = input;
  const errors = Object.entries(rest).flatMap(([name, value]) => {
    const field = Object.hasOwn(OPTIONAL_FIELDS, name) ? OPTIONAL_FIELDS[name] : undefined;
    if (!field) return [`There is no field "${name}". Fields: kind, ${Object.keys(OPTIONAL_FIELDS).join(', ')}.`];
    return field.holds(value) ? [] : [`${name} must be ${field.wanted}.`];
  });
  if (!isOneOf(FAULT_KINDS, kind)) errors.unshift(`kind must be one of ${FAULT_KINDS.join(', ')}.`);
  return errors.length > 0 ? { errors } : { fault: input as Fault };
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isOneOf<T>(allowed: readonly T[], value: unknown): value is T {
  return (allowed as readonly unknown[]).includes(value);
}
