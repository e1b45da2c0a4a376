import fc from 'fast-check';
import { changedDraft } from './changes';
import { bytesOf, headersOf, requestHead, urlOf, type Draft } from './draft';
import type { Input } from './input';
import type { Known } from '../known';
import { rawBytes } from './rawBytes';
import { describedRequests } from './requests';

/** Makes an input of each place of a run, the same for the same seed and place, whatever was made before. */
export type Inputs = (index: number) => Input;

/** Of the golden ratio: neighbouring places get seeds that are far apart. */
const SPREAD = 0x9e3779b1;

export function createInputs(seed: number, known: Known, workbook: Buffer): Inputs {
  const drafts = fc.oneof(...describedRequests(known, workbook));
  const described = drafts.map((draft) => inputOf('described', 'as described', draft, known.base));
  const changed = drafts.chain(changedDraft).map(({ draft, note }) => inputOf('changed', note, draft, known.base));
  const raw = drafts.chain((draft) =>
    rawBytes(draft, known.base).map((made): Input => ({ kind: 'raw', operationId: draft.operationId, ...made })),
  );
  const inputs = fc.oneof(
    { weight: 4, arbitrary: described },
    { weight: 4, arbitrary: changed },
    { weight: 2, arbitrary: raw },
  );
  return (index) => {
    const [input] = fc.sample(inputs, { seed: (Math.imul(seed, SPREAD) + index) | 0, numRuns: 1 });
    if (input === undefined) throw new Error(`No input was made for ${index}.`);
    return input;
  };
}

function inputOf(kind: Input['kind'], note: string, draft: Draft, base: string): Input {
  const url = urlOf(draft);
  const head = requestHead(draft.method, url, headersOf(draft, base));
  return {
    kind,
    note,
    operationId: draft.operationId,
    pieces: [{ bytes: Buffer.concat([head, bytesOf(draft.body)]), afterMs: 0 }],
    asked: { method: draft.method, url },
  };
}
