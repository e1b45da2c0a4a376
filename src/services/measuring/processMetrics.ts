import { performance } from 'node:perf_hooks';
import { setInterval } from 'node:timers';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A timer is due so often; what it comes later than that, whoever else waits for a turn waits as well. */
const LATENESS_EVERY_MS = 100;
const LATENESS_SECONDS = [0.005, 0.02, 0.1, 0.25, 0.5, 1, 2.5];

/**
 * The few of the usual ones that tell how a process does. Those of prom-client itself hold observers that nobody can end,
 * and some have names that promtool refuses. Returns what ends it.
 */
export function measureProcess(registers: Registry[]): () => void {
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
  return measureLateness(registers);
}

function measureLateness(registers: Registry[]): () => void {
  const lateness = new Histogram({
    name: 'nodejs_eventloop_delay_seconds',
    help: 'How much later than it was due a timer came, ten times a second',
    buckets: LATENESS_SECONDS,
    registers,
  });
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    lateness.observe(Math.max(0, now - last - LATENESS_EVERY_MS) / 1000);
    last = now;
  }, LATENESS_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
