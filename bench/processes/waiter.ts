import { request } from '../load/request';
import { meterOf } from '../measure/processMeter';
import { serve } from '../stage/actorSide';

export type WaiterOptions = {
  readonly url: string;
  /** Of the service. */
  readonly pid: number;
};

/** One request that somebody else made meanwhile. */
export type Wait = {
  /** When it began, milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  /**
   * What the service's own JavaScript had of the processor in that time. On a machine that is busy with other things it is
   * far less than the wait; where one request keeps the others waiting, it is nearly all of it.
   */
  readonly busyMs: number | null;
  /** It was answered 200. */
  readonly isWell: boolean;
};

const EVERY_MS = 20;

/** Asks whether the service is alive, one request after the other, and says how long each had to wait. */
const methods = {
  start({ url, pid }: WaiterOptions): void {
    waits = [];
    const meter = meterOf(pid);
    let isAsking = false;
    timer = setInterval(() => {
      if (isAsking) return;
      isAsking = true;
      const [at, before] = [Date.now(), meter.mainThreadMs()];
      const keep = (ms: number, isWell: boolean) => {
        const after = meter.mainThreadMs();
        waits.push({ at, ms, isWell, busyMs: before === null || after === null ? null : after - before });
        isAsking = false;
      };
      void request({ url: `${url}/health/live` }).then(
        ({ status, ms }) => keep(ms, status === 200),
        () => keep(Date.now() - at, false),
      );
    }, EVERY_MS);
  },
  /** Those since the last call. */
  take(): readonly Wait[] {
    return waits.splice(0);
  },
  stop(): readonly Wait[] {
    clearInterval(timer);
    return waits.splice(0);
  },
};
export type WaiterProcess = typeof methods;

let timer: NodeJS.Timeout | undefined;
let waits: Wait[] = [];

serve(methods);
