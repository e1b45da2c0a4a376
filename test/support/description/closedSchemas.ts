import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { SCHEMAS, target, type Schema } from './description';

/** Keywords whose values are no schemas. */
const PLAIN = ['enum', 'const', 'examples', 'default', 'required', 'type'];

/**
 * The description lets answers have fields that it does not name, so that clients expect new ones. Tests do not: here every
 * object has the fields that are named and no other.
 */
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
addFormats(ajv);
ajv.addSchema({
  $id: 'description',
  $defs: Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, closed(schema)])),
});

const compiled = new Map<Schema, ValidateFunction>();

/** What is wrong with a value, one line each, with its place. */
export function faultsOf(schema: Schema, value: unknown): string[] {
  let validate = compiled.get(schema);
  if (validate === undefined) compiled.set(schema, (validate = ajv.compile(closed(schema) as Schema)));
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || 'the whole'} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, allOf, ...rest } = schema as Schema;
  const parts = mapped(rest);
  if (typeof $ref === 'string') return { ...parts, $ref: $ref.replace('#/components/schemas/', 'description#/$defs/') };
  // Of several parts that describe one object, none is closed in itself.
  if (Array.isArray(allOf)) return { ...parts, allOf: allOf.map(open), unevaluatedProperties: false };
  return 'properties' in parts && !('additionalProperties' in parts)
    ? { ...parts, additionalProperties: false }
    : parts;
}

/** As `closed`, but for the object itself. */
function open(part: Schema): unknown {
  const schema = target<Schema>(part);
  if (Array.isArray(schema['allOf'])) return { ...mapped(schema), allOf: schema['allOf'].map(open) };
  return mapped(schema);
}

function mapped(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties') return [keyword, mappedValues(value as Schema)];
      return [keyword, PLAIN.includes(keyword) ? value : closed(value)];
    }),
  );
}

function mappedValues(properties: Schema): Schema {
  return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, closed(inner)]));
}
