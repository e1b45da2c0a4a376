import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BROADCAST_STATUSES } from '../../domain/states/broadcastState';
import type { DispatchFault } from '../../store/sending/faultStore';
import type { Stand, StandStore } from '../../store/reading/standStore';

/** An answered request; `route` is its pattern, as addresses hold numbers. */
export type Answered = {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
};

export type Metrics = {
  readonly answered: (request: Answered) => void;
  /** `outcome`: a kind of `SendOutcome`. */
  plivoCalled(outcome: string, seconds: number): void;
  /** Prometheus' text format. What is in the database is counted now. */
  text(): Promise<string>;
  readonly contentType: string;
};

export type MetricsDeps = {
  readonly stand: StandStore;
  readonly faults: { current(): Promise<DispatchFault | null> };
  readonly inbound: { countWaiting(): Promise<number> };
};

const SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 10, 30];

/** What the process has done since it began, and how everything stands, for Prometheus. */
export function createMetrics({ stand, faults, inbound }: MetricsDeps): Metrics {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  measureProcess(registers);
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Answered requests by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const calls = new Histogram({
    name: 'plivo_call_duration_seconds',
    help: 'Calls that send, by what became of them',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({ name: 'metrics_failures_total', help: 'Looks that failed', registers });
  const gauges = createGauges(registers);
  return {
    answered: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    plivoCalled: (outcome, seconds) => calls.observe({ outcome }, seconds),
    async text() {
      try {
        gauges.set(await stand.count(), await faults.current(), await inbound.countWaiting());
      } catch {
        // What the process itself knows is told without the database too; readiness says why.
        errors.inc();
        gauges.clear();
      }
      return await register.metrics();
    },
    contentType: register.contentType,
  };
}

/**
 * The few of the usual ones that tell how a process does. Those of prom-client itself hold observers that nobody can end,
 * and some have names that promtool refuses.
 */
function measureProcess(registers: Registry[]): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('process_resident_memory_bytes', 'Memory that the process holds', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Of it, what objects take', () => process.memoryUsage().heapUsed);
  gauge('process_start_time_seconds', 'When the process began', () => performance.timeOrigin / 1000);
  const started = performance.eventLoopUtilization();
  gauge(
    'nodejs_eventloop_utilization',
    'How much of its time the process has been at work, 0 to 1',
    () => performance.eventLoopUtilization(started).utilization,
  );
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Time that processors have spent',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
}

function createGauges(registers: Registry[]) {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `broadcaster_${name}`, help, labelNames, registers });
  const broadcasts = gauge('broadcasts', 'Broadcasts by status', ['status']);
  const batches = gauge('batches', 'Batches of broadcasts that have not ended, by status', ['status']);
  const waiting = gauge('recipients_waiting', 'People of broadcasts that have not ended who wait for their text');
  const replies = gauge('replies_to_review', 'Replies that a person has to read');
  const webhooks = gauge('webhooks_waiting', 'Webhooks that are still to be delivered');
  const fault = gauge('dispatch_fault', '1 while something keeps all texts waiting, by its code', ['code']);
  const all = [broadcasts, batches, waiting, replies, webhooks, fault];
  const clear = () => {
    for (const one of all) one.reset();
  };
  return {
    clear,
    set(stand: Stand, current: DispatchFault | null, toReview: number) {
      clear();
      for (const status of BROADCAST_STATUSES) broadcasts.set({ status }, 0);
      for (const { status, count } of stand.broadcasts) broadcasts.set({ status }, count);
      for (const [status, count] of Object.entries(stand.batches)) batches.set({ status }, count);
      waiting.set(stand.waiting);
      replies.set(toReview);
      webhooks.set(stand.webhooks);
      if (current !== null) fault.set({ code: current.code }, 1);
    },
  };
}
