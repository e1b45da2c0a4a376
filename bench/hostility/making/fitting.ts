import fc from 'fast-check';
import { target, type Schema } from '../../../test/support/description/description';

/** Values for fields that mean something to the service, by their names: any other would only ever be refused. */
export type Hints = {
  readonly texts: Readonly<Record<string, fc.Arbitrary<unknown>>>;
  readonly arrays: Readonly<Record<string, fc.Arbitrary<unknown>>>;
};

/** What is there in nearly every request; other fields that may be left out mostly are, as each can only spoil it. */
const USUAL = new Set(['message', 'recipients', 'to']);
const MOST_ITEMS = 4;
const LONGEST_TEXT = 60;
const ABSENT = Symbol('absent');

/** Values that fit a schema of the description. */
export function fitting(schema: Schema, hints: Hints): fc.Arbitrary<unknown> {
  const plain = target<Schema>(schema);
  if ('const' in plain) return fc.constant(plain['const']);
  if (Array.isArray(plain['enum'])) return fc.constantFrom(...(plain['enum'] as unknown[]));
  const alternatives = plain['anyOf'];
  if (Array.isArray(alternatives)) return fc.oneof(...alternatives.map((one) => fitting(one as Schema, hints)));
  const whole = merged(plain);
  const types = [whole['type']].flat() as string[];
  const kinds = types.filter((type) => type !== 'null').map((type) => ofType(type, whole, hints));
  return types.includes('null')
    ? fc.oneof({ weight: 5, arbitrary: fc.oneof(...kinds) }, { weight: 1, arbitrary: fc.constant(null) })
    : fc.oneof(...kinds);
}

function ofType(type: string, schema: Schema, hints: Hints): fc.Arbitrary<unknown> {
  if (type === 'object') return objectOf(schema, hints);
  if (type === 'array') return arrayOf(schema, hints);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.oneof(fc.integer(within(schema, 20)), fc.integer(within(schema, 1e6)));
  if (type === 'number') return fc.double({ ...within(schema, 1000), noNaN: true });
  return textOf(schema);
}

function within(schema: Schema, most: number): { min: number; max: number } {
  const min = (schema['minimum'] as number | undefined) ?? 0;
  return { min, max: Math.max(min, Math.min(most, (schema['maximum'] as number | undefined) ?? most)) };
}

/** Addresses lead to this machine only: nothing that is tried here leaves it. */
const LOCAL_ADDRESSES = ['https://127.0.0.1:9/hook', 'https://[::1]:9/', 'HTTPS://127.0.0.1:9/a?b=c'];

function textOf(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern } = schema as { readonly format?: string; readonly pattern?: string };
  if (format === 'uuid') return fc.uuid();
  if (format === 'uri') return fc.constantFrom(...LOCAL_ADDRESSES);
  if (format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((day) => day.toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  const minLength = (schema['minLength'] as number | undefined) ?? 0;
  const maxLength = Math.min(LONGEST_TEXT, (schema['maxLength'] as number | undefined) ?? LONGEST_TEXT);
  return fc.oneof(fc.string({ minLength, maxLength }), fc.string({ minLength, maxLength, unit: 'grapheme' }));
}

function arrayOf(schema: Schema, hints: Hints): fc.Arbitrary<unknown> {
  const minLength = (schema['minItems'] as number | undefined) ?? 0;
  const maxLength = Math.max(minLength, Math.min(MOST_ITEMS, (schema['maxItems'] as number | undefined) ?? MOST_ITEMS));
  return fc.array(fitting(schema['items'] as Schema, hints), { minLength, maxLength });
}

function objectOf(schema: Schema, hints: Hints): fc.Arbitrary<unknown> {
  const required = (schema['required'] as string[] | undefined) ?? [];
  const properties = Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {});
  const shape = Object.fromEntries(
    properties.map(([name, inner]) => {
      const value = hintOf(name, inner, hints) ?? fitting(inner, hints);
      if (required.includes(name)) return [name, value];
      const [there, absent] = USUAL.has(name) ? [9, 1] : [1, 9];
      return [name, fc.oneof({ weight: there, arbitrary: value }, { weight: absent, arbitrary: fc.constant(ABSENT) })];
    }),
  );
  const named = fc.record(shape).map((all) => Object.entries(all).filter(([, value]) => value !== ABSENT));
  const further = schema['additionalProperties'];
  const own =
    typeof further === 'object' && further !== null
      ? fc.dictionary(fc.constantFrom('name', 'code', 'city', 'größe'), fitting(further as Schema, hints), {
          maxKeys: 2,
        })
      : fc.constant({});
  return fc.tuple(named, own).map(([entries, more]) => ({ ...more, ...Object.fromEntries(entries) }));
}

/** The parts of an `allOf` as one. */
function merged(schema: Schema): Schema {
  const parts = schema['allOf'];
  if (!Array.isArray(parts)) return schema;
  const all = parts.map((part) => merged(target<Schema>(part as Schema)));
  return {
    type: 'object',
    required: all.flatMap((part) => (part['required'] as string[] | undefined) ?? []),
    properties: Object.assign({}, ...all.map((part) => part['properties'])) as Schema,
  };
}

function hintOf(name: string, schema: Schema, { texts, arrays }: Hints): fc.Arbitrary<unknown> | undefined {
  const { type, enum: values } = target<Schema>(schema);
  if (values !== undefined) return undefined;
  const types = [type].flat();
  if (types.includes('array')) return arrays[name];
  return types.includes('string') ? texts[name] : undefined;
}
