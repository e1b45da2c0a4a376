import { readdirSync, readFileSync } from 'node:fs';

/** What a process has used, as the kernel counts it. Null where there is no /proc to ask. */
export type ProcessMeter = {
  /** Processor time since it began, of all its threads. */
  cpuMs(): number | null;
  /** As `cpuMs`, of the thread that JavaScript runs on. */
  mainThreadMs(): number | null;
  /** The most memory it ever held (resident set). */
  peakMb(): number | null;
  /** What it holds now. */
  residentMb(): number | null;
  /** Files, sockets and the like that are open. */
  descriptors(): number | null;
};

/** /proc counts in units of 1/100 s on every Linux that Node runs on. */
const TICK_MS = 10;
/** Behind the command, which may hold anything: state is 0, utime 11, stime 12 (proc(5)). */
const UTIME = 11;
const STIME = 12;

export function meterOf(pid: number | null): ProcessMeter {
  const read = (name: string): string | null => {
    try {
      return readFileSync(`/proc/${pid ?? 'none'}/${name}`, 'latin1');
    } catch {
      return null;
    }
  };
  const spentMs = (name: string): number | null => {
    const stat = read(name);
    if (stat === null) return null;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_MS;
  };
  const statusMb = (field: string): number | null => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read('status') ?? '')?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  };
  return {
    cpuMs: () => spentMs('stat'),
    mainThreadMs: () => spentMs(`task/${pid ?? 'none'}/stat`),
    peakMb: () => statusMb('VmHWM'),
    residentMb: () => statusMb('VmRSS'),
    descriptors() {
      try {
        return readdirSync(`/proc/${pid ?? 'none'}/fd`).length;
      } catch {
        return null;
      }
    },
  };
}

/** Processor time of a process while `work` is done. */
export async function cpuDuring<T>(
  meter: ProcessMeter,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuMs: number | null }> {
  const before = meter.cpuMs();
  const result = await work();
  const after = meter.cpuMs();
  return { result, cpuMs: before === null || after === null ? null : after - before };
}
