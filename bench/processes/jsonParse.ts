import { prepareBody } from '../load/bodies';
import { median } from '../measure/samples';
import { serve } from '../stage/actorSide';

const TIMES = 5;

/** The floor of everything that takes JSON: the parser alone, on the same body. */
const methods = {
  prepare(size: number): void {
    text = prepareBody('json', size).body.toString();
  },
  /** Milliseconds; the median of a few, as the garbage of one is collected in the next. */
  measure: (): number => median(Array.from({ length: TIMES }, parseOnce)),
};
export type JsonParseProcess = typeof methods;

let text = '';

function parseOnce(): number {
  const began = performance.now();
  const { recipients } = JSON.parse(text) as { recipients: string[] };
  const ms = performance.now() - began;
  if (recipients.length === 0) throw new Error('Nothing was parsed.');
  return ms;
}

serve(methods);
