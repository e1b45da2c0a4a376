const REDACTED = '[redacted]';

/** A uuid, to be left alone, or a run of digits that could be a phone number: E.164 has at most 15, no number under 7. */
const UUID_OR_NUMBER = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\+?\d{7,15}/gi;
const UUID_LENGTH = 36;

/** Names of fields that hold numbers, texts, keys or tokens; such a field is dropped whole. */
const PRIVATE_FIELDS = new Set(
  [
    'recipients',
    'recipient',
    'dst',
    'to',
    'from',
    'text',
    'messageText',
    'body',
    'token',
    'authorization',
    'apiKey',
    'moreInfo',
  ].map((name) => name.toLowerCase()),
);

const MAX_DEPTH = 6;

/**
 * Makes a function that returns a copy of any value without phone numbers, private fields and the given secrets.
 * The last line of defence: code should not log such things in the first place.
 */
export function createRedactor(secrets: readonly string[]): (value: unknown) => unknown {
  const known = secrets.filter((secret) => secret !== '');

  const cleanText = (text: string): string => {
    const withoutSecrets = known.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
    return withoutSecrets.replace(UUID_OR_NUMBER, (match) => (match.length === UUID_LENGTH ? match : REDACTED));
  };

  const clean = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return cleanText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return '[…]';
    if (value instanceof Error) return cleanError(value, depth);
    if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        PRIVATE_FIELDS.has(key.toLowerCase()) ? REDACTED : clean(item, depth + 1),
      ]),
    );
  };

  // An error's own fields are left out: the SDK's carry the whole request, numbers and text included.
  const cleanError = (error: Error, depth: number) => ({
    name: error.name,
    message: cleanText(error.message),
    stack: error.stack === undefined ? undefined : cleanText(error.stack),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: clean(error.cause, depth + 1) }),
  });

  return (value) => clean(value, 0);
}
