import fc from 'fast-check';
import {
  ROUTES,
  target,
  type DescribedRoute,
  type Media,
  type Parameter,
  type Schema,
} from '../../../test/support/description/description';
import { API_KEY } from '../../stage/account';
import type { Body, Draft, Pair } from './draft';
import { filesFor } from './files';
import { fitting, type Hints } from './fitting';
import { hintsFor } from './hints';
import type { Known } from '../known';

/** Requests that do not last: what is followed as it happens is followed for a moment. */
const WAITS = ['respond-async', 'wait=0', 'wait=1', 'respond-async, wait=1', 'nothing'];
const BOUNDARY = 'fuzz-7d93f1';
/** What removes something mostly removes nothing that others need. */
const SPARED: Readonly<Record<string, number>> = { DELETE: 1 };

type Filled = { readonly body: Body; readonly contentType: string | null };

/** Requests of every route, as the description has them. */
export function describedRequests(known: Known, workbook: Buffer): fc.Arbitrary<Draft>[] {
  const hints = hintsFor(known);
  const files = filesFor(known, workbook);

  const valueOf = (parameter: Parameter): fc.Arbitrary<string> =>
    (hints.texts[parameter.name] ?? fitting(parameter.schema, hints)).map((value) =>
      [value].flat().map(String).join(','),
    );

  /** Existing things first: what is not there is answered 404, whatever else is asked. */
  const placeOf = ({ method, path }: DescribedRoute, parameter: Parameter): fc.Arbitrary<string> => {
    const there = thereUnder(path, parameter.name, known);
    if (there.length === 0) return valueOf(parameter);
    const arbitrary = fc.constantFrom(...there);
    return fc.oneof({ weight: SPARED[method] ?? 8, arbitrary }, { weight: 1, arbitrary: valueOf(parameter) });
  };

  const bodyOf = (contentType: string, { schema = {} }: Media): fc.Arbitrary<Filled> => {
    const file = files.of(contentType);
    if (file !== null) return file.map((bytes) => ({ contentType, body: { bytes } }));
    if (contentType === 'multipart/form-data') return formOf(fitting(schema, hints), files.csv);
    if (contentType === 'application/json')
      return fitting(schema, hints).map((json) => ({ contentType, body: { json } }));
    return fitting(schema, hints).map((fields) => ({
      contentType,
      body: { form: Object.entries(fields as object).map(([name, value]) => [name, String(value)] as const) },
    }));
  };

  return ROUTES.map((route) => {
    const { method, path, operation } = route;
    const inPlace = (place: string) => operation.parameters.filter((parameter) => parameter.in === place);
    const isOfFields = ({ schema }: Parameter) => target<Schema>(schema)['type'] === 'object';
    const ofFields = inPlace('query').filter(isOfFields);
    const plain = inPlace('query').filter((parameter) => !isOfFields(parameter));
    const contents = Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => bodyOf(type, media));
    const nothing: fc.Arbitrary<Filled> = fc.constant({ body: null, contentType: null });
    const isPlivos = JSON.stringify(operation.security ?? '').includes('plivo');
    const isOpen = operation.security !== undefined;
    return fc
      .record({
        segments: fc.tuple(...inPlace('path').map((parameter) => placeOf(route, parameter))),
        query: fc.tuple(...plain.map((parameter) => queryOf(parameter, valueOf))),
        besideFile: fc.tuple(...ofFields.map((parameter) => fieldsOf(parameter, hints))),
        headers: fc.tuple(...inPlace('header').map((parameter) => headerOf(parameter, valueOf))),
        filled: contents.length === 0 ? nothing : fc.oneof(...contents),
        accept: fc.constantFrom('application/json', '*/*', 'text/csv', 'text/html'),
        isSigned: fc.integer({ min: 0, max: 9 }).map((chance) => isPlivos && chance > 0),
      })
      .map(({ segments, query, besideFile, headers, filled, accept, isSigned }): Draft => {
        const names = inPlace('path').map(({ name }) => name);
        const type: Pair[] = filled.contentType === null ? [] : [['Content-Type', typeOf(filled.contentType)]];
        return {
          operationId: operation.operationId,
          method,
          path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
            encodeURIComponent(segments[names.indexOf(name)] ?? ''),
          ),
          query: [...query, ...(filled.contentType === 'application/json' ? [] : besideFile)].flat(),
          headers: [
            ['Accept', accept],
            ...(isOpen ? [] : [['x-api-key', API_KEY] as const]),
            ...headers.flat(),
            ...type,
          ],
          body: filled.body,
          isSigned,
        };
      });
  });
}

const typeOf = (type: string): string => (type.startsWith('multipart/') ? `${type}; boundary=${BOUNDARY}` : type);

const THERE: readonly (readonly [path: RegExp, of: (known: Known) => readonly string[]])[] = [
  [/^\/broadcast\/.*\{id\}/, ({ broadcasts }) => broadcasts],
  [/^\/lists\/.*\{name\}/, ({ lists }) => lists],
  [/^\/templates\/.*\{name\}/, ({ templates }) => templates],
  [/^\/webhooks\/plivo\/status\/.*\{token\}/, ({ tokens }) => tokens],
  [/^\/webhooks\/plivo\/inbound\/.*\{token\}/, ({ inboundTokens }) => inboundTokens],
  [/\/batches\/\{number\}/, () => ['1', '2']],
  [/\{number\}/, ({ numbers }) => numbers],
  [/\{uuid\}/, ({ inbound }) => inbound],
  [/\{importId\}/, ({ imports }) => imports],
  [/^\/keys\/\{id\}/, ({ keys }) => keys],
  [/\{code\}/, () => ['invalid_request', 'not_found', 'conflict']],
  [/^\/assets\/\{file\}/, ({ assets }) => assets],
  [/^\/docs\/\{file\}/, () => ['docs.css', 'start.js']],
];

/** What there is to be found under a path up to one of its parameters. */
function thereUnder(path: string, name: string, known: Known): readonly string[] {
  const upTo = path.slice(0, path.indexOf(`{${name}}`) + name.length + 2);
  return THERE.find(([place]) => new RegExp(`${place.source}$`).test(upTo))?.[1](known) ?? [];
}

function queryOf(parameter: Parameter, valueOf: (parameter: Parameter) => fc.Arbitrary<string>): fc.Arbitrary<Pair[]> {
  const there = valueOf(parameter).map((value): Pair[] => [[parameter.name, value]]);
  return fc.oneof({ weight: 1, arbitrary: there }, { weight: 3, arbitrary: fc.constant<Pair[]>([]) });
}

/** Of a parameter that stands for the fields of an object, each is one of its own. */
const fieldsOf = ({ schema }: Parameter, hints: Hints): fc.Arbitrary<Pair[]> =>
  fitting(schema, hints).map((fields) =>
    Object.entries(fields as object).map(([name, value]) => [name, [value].flat().map(String).join(',')] as const),
  );

/** Texts of headers without what ends a line: that is tried on its own. */
function headerOf(
  { name, ...rest }: Parameter,
  valueOf: (parameter: Parameter) => fc.Arbitrary<string>,
): fc.Arbitrary<Pair[]> {
  const value =
    name === 'Prefer'
      ? fc.constantFrom(...WAITS)
      : valueOf({ name, ...rest }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '').trim() || 'x');
  const there = value.map((text): Pair[] => [[name, text]]);
  return fc.oneof({ weight: 1, arbitrary: there }, { weight: 4, arbitrary: fc.constant<Pair[]>([]) });
}

function formOf(fields: fc.Arbitrary<unknown>, file: fc.Arbitrary<Buffer>): fc.Arbitrary<Filled> {
  return fc.tuple(fields, file).map(([values, bytes]) => {
    const part = (disposition: string, content: string | Buffer) =>
      Buffer.concat([
        Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
        Buffer.from(content),
        Buffer.from('\r\n'),
      ]);
    const others = Object.entries(values as object).filter(([name]) => name !== 'recipients');
    const parts = others.map(([name, value]) => part(`name="${name}"`, [value].flat().join(',')));
    const list = part('name="recipients"; filename="people.csv"', bytes);
    const body = { bytes: Buffer.concat([...parts, list, Buffer.from(`--${BOUNDARY}--\r\n`)]) };
    return { contentType: 'multipart/form-data', body };
  });
}
