import { request } from '../load/request';
import { serve } from '../stage/actorSide';

export type ProbeOptions = {
  readonly urls: readonly string[];
  readonly key: string;
};

export type ProbeResult = {
  /** The longest that any of the requests waited for its answer. */
  readonly longestMs: number;
  readonly requests: number;
  /** Answers that were no 200. */
  readonly failures: number;
};

const EVERY_MS = 20;

/** Somebody else who uses the service meanwhile, and does not wait for one answer before asking again. */
const methods = {
  start({ urls, key }: ProbeOptions): void {
    longestMs = requests = failures = 0;
    const ask = (url: string) => {
      const answered = request({ url, headers: { 'x-api-key': key } }).then(
        ({ status, ms }) => {
          longestMs = Math.max(longestMs, ms);
          if (status !== 200) failures++;
        },
        () => failures++,
      );
      requests++;
      underWay.add(answered);
      void answered.then(() => underWay.delete(answered));
    };
    timer = setInterval(() => urls.forEach(ask), EVERY_MS);
  },
  /** Resolves when what is under way is answered. */
  async stop(): Promise<ProbeResult> {
    clearInterval(timer);
    await Promise.all(underWay);
    return { longestMs, requests, failures };
  },
};
export type ProbeProcess = typeof methods;

const underWay = new Set<Promise<unknown>>();
let timer: NodeJS.Timeout | undefined;
let longestMs = 0;
let requests = 0;
let failures = 0;

serve(methods);
