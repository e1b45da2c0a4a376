import type { Reply } from '../load/request';

/** What the load did, and what it must come to. */
export type Tally = {
  /** How often each act was done. */
  readonly acts: Readonly<Record<string, number>>;
  readonly requests: number;
  /** Answers that were not as the act expects them, the first few in words. */
  readonly faults: readonly string[];
  readonly faultCount: number;
  /** People who are to have exactly one text. */
  readonly people: number;
  /** People who had opted out before somebody wrote to them. */
  readonly optedOut: readonly string[];
};

const MOST_SHOWN = 10;
const SHOWN_OF_ANSWER = 200;

export type TallyKeeper = ReturnType<typeof createTally>;

export function createTally() {
  const acts: Record<string, number> = {};
  const faults: string[] = [];
  const optedOut: string[] = [];
  let [requests, faultCount, people] = [0, 0, 0];
  const fault = (what: string) => {
    faultCount++;
    if (faults.length < MOST_SHOWN) faults.push(what);
  };
  return {
    act: (name: string): void => void (acts[name] = (acts[name] ?? 0) + 1),
    /** @returns the answer's JSON; null where it was not answered so */
    answered(what: string, { status, text }: Reply, ...expected: readonly number[]): unknown {
      requests++;
      if (!expected.includes(status)) {
        fault(`${what} was answered ${status} instead of ${expected.join(' or ')}: ${text.slice(0, SHOWN_OF_ANSWER)}`);
        return null;
      }
      return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
    },
    fault,
    willBeTexted: (count: number): void => void (people += count),
    hasOptedOut: (number: string): void => void optedOut.push(number),
    latestOptedOut: (count: number): readonly string[] => optedOut.slice(-count),
    all: (): Tally => ({ acts, requests, faults, faultCount, people, optedOut }),
  };
}
