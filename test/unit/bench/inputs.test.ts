import { createHash } from 'node:crypto';
import { KINDS, type Input } from '../../../bench/hostility/making/input';
import { createInputs } from '../../../bench/hostility/making/inputs';
import type { Known } from '../../../bench/hostility/known';
import { ROUTES } from '../../support/description/description';
import { workbookOf } from '../../support/zip';

const known: Known = {
  base: 'http://127.0.0.1:3000',
  now: Date.parse('2030-01-31T09:00:00Z'),
  broadcasts: ['226a3cf5-b326-479d-89c9-67ab50719ad8'],
  tokens: ['token'],
  inboundTokens: ['inbound'],
  inbound: ['uuid'],
  imports: ['import'],
  keys: ['key'],
  assets: ['index.js'],
  lists: ['customers'],
  templates: ['doors'],
  numbers: ['+14155550101'],
};
const SOME = 600;

/** Some are megabytes long. */
const nameOf = ({ kind, note, pieces }: Input): string =>
  `${kind} ${note} ${createHash('sha256')
    .update(Buffer.concat(pieces.map(({ bytes }) => bytes)))
    .digest('hex')}`;

describe('made-up inputs', () => {
  let inputs: Input[];
  let again: Input[];
  let others: Input[];
  beforeAll(async () => {
    const workbook = await workbookOf('<row/>');
    const make = (seed: number) => {
      const at = createInputs(seed, known, workbook);
      return Array.from({ length: SOME }, (_, index) => at(index));
    };
    [inputs, again, others] = [make(1), make(1), make(2)];
  });

  it('are the same for the same seed, and others for another', () => {
    expect(again.map(nameOf)).toEqual(inputs.map(nameOf));
    expect(others.map(nameOf)).not.toEqual(inputs.map(nameOf));
  });

  it('are of every kind, and for nearly every route', () => {
    expect([...new Set(inputs.map(({ kind }) => kind))].sort()).toEqual([...KINDS].sort());
    expect(new Set(inputs.map(({ operationId }) => operationId)).size).toBeGreaterThan(ROUTES.length * 0.9);
  });

  it('name no address outside this machine where something might be called', () => {
    const addresses = inputs
      .filter(({ kind }) => kind === 'described')
      .flatMap(({ pieces }) =>
        pieces.map(({ bytes }) => decodeURIComponent(bytes.toString('latin1').replaceAll(/%(?![\da-f]{2})/gi, ''))),
      )
      .flatMap((text) => [...text.matchAll(/https?:\/\/(\[[^\]]*\]|[^/:"?,]+)/gi)].map(([, host]) => host));
    expect([...new Set(addresses)].filter((host) => host !== '127.0.0.1' && host !== '[::1]')).toEqual([]);
  });
});
