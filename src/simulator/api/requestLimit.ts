export type RequestLimit = {
  /** False when the request is one too many. Refused requests do not count. `now` in milliseconds. */
  admits(now: number): boolean;
  clear(): void;
};

/** At most `limit()` requests in any window of `windowMs`; 0 = no limit. */
export function createRequestLimit(windowMs: number, limit: () => number): RequestLimit {
  let admitted: number[] = [];
  return {
    admits: (now) => {
      const max = limit();
      if (max === 0) return true;
      const firstInside = admitted.findIndex((at) => at > now - windowMs);
      admitted = firstInside === -1 ? [] : admitted.slice(firstInside);
      if (admitted.length >= max) return false;
      admitted.push(now);
      return true;
    },
    clear: () => {
      admitted = [];
    },
  };
}
