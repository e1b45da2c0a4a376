import { runRequests, type RawResult } from '../load/rawClient';
import { signedReports, type TakenCall } from '../load/reports';
import { serve } from '../stage/actorSide';

export type Run = {
  /** Of the server that gets the requests. */
  readonly url: string;
  /** Which of the prepared requests, from the first one to before the last. */
  readonly first: number;
  readonly count: number;
  readonly connections: number;
};

/** Sends prepared requests as fast as they are answered. */
const methods = {
  /** Signs a report for everybody in the calls, before any clock runs; returns how many there are. */
  prepareReports({ calls, authToken }: { calls: readonly TakenCall[]; authToken: string }): number {
    requests = signedReports(calls, authToken);
    return requests.length;
  },
  run({ url, first, count, connections }: Run): Promise<RawResult> {
    return runRequests({ ...addressOf(url), requests: requests.slice(first, first + count), connections });
  },
  /** One read, again and again. */
  repeat({ url, key, count }: { url: string; key: string; count: number }): Promise<RawResult> {
    const { pathname, host } = new URL(url);
    const one = Buffer.from(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nx-api-key: ${key}\r\n\r\n`);
    const all = Array.from({ length: count }, () => one);
    return runRequests({ ...addressOf(url), requests: all, connections: 1 });
  },
};
export type RawLoadProcess = typeof methods;

let requests: Buffer[] = [];

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

serve(methods);
