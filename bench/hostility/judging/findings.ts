import type { Outcome } from '../exchange';
import { KINDS, type Input, type Kind } from '../making/input';

/** What was wrong, and with which input; `index` null where it is known of none. Of faults that are alike the first is told. */
export type Fault = {
  readonly index: number | null;
  readonly input: Input | null;
  readonly what: string;
  times: number;
};

/** How many inputs of a kind were answered how. */
export type Tally = {
  inputs: number;
  well: number;
  refused: number;
  later: number;
  failed: number;
  unanswered: number;
};

export type Findings = {
  readonly tallies: Readonly<Record<Kind, Tally>>;
  /** Operations of the description that were answered well, and all that were tried. */
  readonly operations: { readonly well: ReadonlySet<string>; readonly tried: ReadonlySet<string> };
  readonly faults: readonly Fault[];
  /** The input that took longest, with its milliseconds. */
  readonly slowest: { readonly index: number; readonly ms: number } | null;
  /** Inputs with the moments between which they were under way, milliseconds since 1970; only the longer ones. */
  readonly spans: readonly Span[];
};
export type Span = { readonly index: number; readonly from: number; readonly to: number };

/** Shorter ones keep nobody waiting for long. */
const SHORTEST_SPAN_MS = 100;

export type FindingsKeeper = ReturnType<typeof createFindings>;

export function createFindings() {
  const noTally = (): Tally => ({ inputs: 0, well: 0, refused: 0, later: 0, failed: 0, unanswered: 0 });
  const tallies = Object.fromEntries(KINDS.map((kind) => [kind, noTally()])) as Record<Kind, Tally>;
  const operations = { well: new Set<string>(), tried: new Set<string>() };
  const faults = new Map<string, Fault>();
  const add = (index: number | null, input: Input | null, what: string) => {
    const like = shapeOf(what, input);
    const known = faults.get(like);
    if (known === undefined) faults.set(like, { index, input, what, times: 1 });
    else known.times++;
  };
  const underWay = new Map<number, { readonly input: Input; readonly from: number }>();
  const spans: Span[] = [];
  let slowest: Findings['slowest'] = null;
  let isCrashed = false;

  return {
    begins(index: number, input: Input): void {
      underWay.set(index, { input, from: Date.now() });
    },
    /** `outcome`: null where nothing that came could be read. */
    ends(index: number, input: Input, outcome: Outcome | null, found: readonly string[]): void {
      const { from } = underWay.get(index) ?? { from: Date.now() };
      underWay.delete(index);
      const to = Date.now();
      if (to - from >= SHORTEST_SPAN_MS) spans.push({ index, from, to });
      if (outcome !== null && outcome.ms > (slowest?.ms ?? 0)) slowest = { index, ms: outcome.ms };
      // Of what is under way when the service ends, any may be the cause, and the end says so.
      const [first] = found;
      if (!isCrashed && first !== undefined) {
        const more = found.length - 1;
        add(index, input, more === 0 ? first : `${first} (and ${more} more)`);
      }
      const tally = tallies[input.kind];
      tally.inputs++;
      operations.tried.add(input.operationId);
      const statuses = outcome?.answers.map(({ status }) => status) ?? [];
      if (statuses.length === 0) tally.unanswered++;
      else if (statuses.some((status) => status >= 500 && status !== 503)) tally.failed++;
      else if (statuses.includes(503)) tally.later++;
      else if (statuses.some((status) => status >= 400)) tally.refused++;
      else tally.well++;
      if (input.kind === 'described' && (statuses[0] ?? 500) < 400) operations.well.add(input.operationId);
    },
    crashed(how: string): void {
      isCrashed = true;
      for (const [index, { input }] of underWay)
        add(index, input, `the service ended (${how}) while input ${index} was under way`);
      if (underWay.size === 0) add(null, null, `the service ended (${how})`);
    },
    hasCrashed: (): boolean => isCrashed,
    faultCount: (): number => faults.size,
    /** What is wrong with the service once all is sent. */
    afterwards(what: string): void {
      add(null, null, what);
    },
    all: (): Findings => ({ tallies, operations, faults: [...faults.values()], slowest, spans }),
  };
}

const SHAPE = 120;

/** Two faults are alike where only ids, numbers and addresses differ. */
function shapeOf(what: string, input: Input | null): string {
  const plain = what.replaceAll(/\S*\/\S*/g, '').slice(0, SHAPE);
  return `${input?.operationId ?? ''} ${what.startsWith('the service ended') ? what : plain.replaceAll(/\b(?!\d{3}\b)\d+/g, '')}`;
}
