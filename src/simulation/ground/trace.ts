import type { Timeline } from '../clockwork/timeline';

/** Tells of what happens, one line a happening. Numbers are cut to their last four digits. */
export type Trace = (who: string, what: string, data?: Readonly<Record<string, unknown>>) => void;

export const NO_TRACE: Trace = () => undefined;

const UUID = /[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g;
const LONG_NUMBER = /\+?\d{7,11}(\d{4})\b/g;

/** Ids that the service makes for itself are named in the order in which they come up, so that a world repeats to the letter. */
export function createTrace(timeline: Timeline, write: (line: string) => void): Trace {
  const names = new Map<string, string>();
  const nameOf = (uuid: string) => {
    const name = names.get(uuid) ?? `#${names.size + 1}`;
    names.set(uuid, name);
    return name;
  };
  return (who, what, data = {}) => {
    const fields = Object.entries(data).map(([name, value]) => `${name}=${textOf(value)}`);
    const line = [`${(timeline.now() / 1000).toFixed(4).padStart(12)}s`, who.padEnd(8), what, ...fields].join(' ');
    write(line.replace(UUID, nameOf).replace(LONG_NUMBER, '…$1'));
  };
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (value instanceof Error) return JSON.stringify(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
