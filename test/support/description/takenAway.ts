/** A description or a part of it, as it is written. */
export type Part = Readonly<Record<string, unknown>>;

/** Which way a value goes: what callers send may come to be more, what they are answered may not come to be less. */
type Way = 'sent' | 'answered';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/**
 * What a client that was written to `before` would miss in `now`, one line each: routes, parameters, fields, values, content
 * types, answers, errors, webhooks and ways to show a key that are gone, what has become required of callers, and limits that have become narrower. New versions
 * add; they take nothing away.
 */
export function takenAway(before: Part, now: Part): string[] {
  const schemes = (document: Part) => Object.keys(part(part(document, 'components'), 'securitySchemes'));
  return [
    ...schemes(before)
      .filter((name) => !schemes(now).includes(name))
      .map((name) => `the key as ${name} is gone`),
    ...Object.entries(part(before, 'webhooks')).flatMap(([name, old]) => webhooks(name, old as Part)),
    ...routes(),
  ];

  /** What we post: the other way round. */
  function webhooks(name: string, old: Part): string[] {
    const is = part(part(now, 'webhooks'), name)['post'] as Part | undefined;
    if (is === undefined) return [`the webhook ${name} is gone`];
    const was = part(old, 'post');
    const names = (one: Part) => (list(one['parameters']) as Part[]).map((each) => String(each['name']));
    return [
      ...names(was)
        .filter((header) => !names(is).includes(header))
        .map((header) => `the webhook ${name}: the header ${header} is gone`),
      ...bodies(part(was, 'requestBody'), part(is, 'requestBody'), 'answered', `the webhook ${name}: body`),
    ];
  }

  function routes(): string[] {
    return Object.entries(part(before, 'paths')).flatMap(([path, old]) =>
      METHODS.filter((method) => method in (old as Part)).flatMap((method) => {
        const [was, is] = [before, now].map((document) => operationOf(document, path, method));
        const at = `${method.toUpperCase()} ${path}`;
        if (is === null || is === undefined) return [`${at} is gone`];
        return [
          ...parameters(was!, is, `${at}: parameter`),
          ...bodies(part(was!, 'requestBody'), part(is, 'requestBody'), 'sent', `${at}: body`),
          ...answers(was!, is, at),
        ];
      }),
    );
  }

  function operationOf(document: Part, path: string, method: string): Part | null {
    const item = part(document, 'paths')[path] as Part | undefined;
    const operation = item?.[method] as Part | undefined;
    if (item === undefined || operation === undefined) return null;
    const shared = [...list(item['parameters']), ...list(operation['parameters'])];
    return {
      ...operation,
      parameters: shared.map((one) => target(document, one)),
      requestBody: target(document, operation['requestBody'] ?? {}),
      responses: Object.fromEntries(
        Object.entries(part(operation, 'responses')).map(([status, one]) => [status, target(document, one)]),
      ),
    };
  }

  function parameters(was: Part, is: Part, at: string): string[] {
    const named = (one: unknown) => `${String((one as Part)['in'])} ${String((one as Part)['name'])}`;
    const [olds, news] = [was, is].map((each) => list(each['parameters']) as Part[]) as [Part[], Part[]];
    return [
      ...olds.flatMap((old) => {
        const found = news.find((one) => named(one) === named(old));
        if (found === undefined) return [`${at} ${named(old)} is gone`];
        return schemas(part(old, 'schema'), part(found, 'schema'), 'sent', `${at} ${named(old)}`);
      }),
      ...news
        .filter((one) => one['required'] === true)
        .filter((one) => olds.find((old) => named(old) === named(one))?.['required'] !== true)
        .map((one) => `${at} ${named(one)} has become required`),
    ];
  }

  function answers(was: Part, is: Part, at: string): string[] {
    const found = part(is, 'responses');
    return Object.entries(part(was, 'responses')).flatMap(([status, old]) => {
      const one = found[status] as Part | undefined;
      if (one === undefined) return [`${at} no longer answers ${status}`];
      const headers = Object.keys(part(old as Part, 'headers')).filter((name) => !(name in part(one, 'headers')));
      return [
        ...headers.map((name) => `${at} ${status}: the header ${name} is gone`),
        ...bodies(old as Part, one, 'answered', `${at} ${status}`),
      ];
    });
  }

  function bodies(was: Part, is: Part, way: Way, at: string): string[] {
    return Object.entries(part(was, 'content')).flatMap(([type, media]) => {
      const found = part(is, 'content')[type] as Part | undefined;
      if (found === undefined) return [`${at}: ${type} is gone`];
      return schemas(part(media as Part, 'schema'), part(found, 'schema'), way, at);
    });
  }

  function schemas(old: Part, one: Part, way: Way, at: string, seen: readonly string[] = []): string[] {
    const name = old['$ref'] as string | undefined;
    if (name !== undefined && seen.includes(name)) return [];
    const deeper = name === undefined ? seen : [...seen, name];
    const [was, is] = [whole(before, old), whole(now, one)];
    const [olds, news] = [part(was, 'properties'), part(is, 'properties')];
    const choices = list(is['anyOf']) as Part[];
    return [
      ...Object.keys(olds).flatMap((field) =>
        field in news
          ? schemas(olds[field] as Part, news[field] as Part, way, `${at}.${field}`, deeper)
          : [`${at}.${field} is gone`],
      ),
      ...required(was, is, way, at),
      ...values(was, is, way, at),
      ...limits(was, is, way, at),
      ...('items' in was ? schemas(part(was, 'items'), part(is, 'items'), way, `${at}[]`, deeper) : []),
      ...(list(was['anyOf']) as Part[]).flatMap((choice, index) =>
        choices[index] === undefined ? [`${at} takes one kind less`] : schemas(choice, choices[index], way, at, deeper),
      ),
    ];
  }
}

/** What callers need not send, they never need to; what is always answered always is. */
function required(was: Part, is: Part, way: Way, at: string): string[] {
  const [olds, news] = [list(was['required']), list(is['required'])];
  return way === 'sent'
    ? news.filter((field) => !olds.includes(field)).map((field) => `${at}.${String(field)} has become required`)
    : olds.filter((field) => !news.includes(field)).map((field) => `${at}.${String(field)} is no longer always there`);
}

/** A type that is no longer taken, one that was never answered; a value that is no longer known. */
function values(was: Part, is: Part, way: Way, at: string): string[] {
  const types = ({ type }: Part) => (type === undefined ? [] : list(Array.isArray(type) ? type : [type]));
  const [from, to] = way === 'sent' ? [was, is] : [is, was];
  const lost = types(to).length === 0 ? [] : types(from).filter((type) => !types(to).includes(type));
  const [olds, news] = [list(was['enum']), list(is['enum'])];
  const gone = is['enum'] === undefined ? [] : olds.filter((value) => !news.includes(value));
  const formats = was['format'] === is['format'] ? [] : [`${at} has another format`];
  const closed = way === 'sent' && was['enum'] === undefined && is['enum'] !== undefined;
  return [
    ...lost.map((type) => `${at} is ${way === 'sent' ? 'no longer' : 'now'} ${String(type)}`),
    ...gone.map((value) => `${at} no longer knows ${String(value)}`),
    ...formats,
    ...(closed ? [`${at} takes only some values now`] : []),
  ];
}

const LARGEST = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
const SMALLEST = ['minimum', 'minLength', 'minItems', 'minProperties'];

function limits(was: Part, is: Part, way: Way, at: string): string[] {
  if (way === 'answered') return [];
  const isNarrower = (limit: string): boolean => {
    const [old, one] = [was[limit], is[limit]] as [number | undefined, number | undefined];
    if (one === undefined) return false;
    return old === undefined || (LARGEST.includes(limit) ? one < old : one > old);
  };
  const pattern = is['pattern'] === undefined || is['pattern'] === was['pattern'] ? [] : ['pattern'];
  return [...[...LARGEST, ...SMALLEST].filter(isNarrower), ...pattern].map((limit) => `${at} has a narrower ${limit}`);
}

/** What a reference stands for, and of several parts of one object the sum. */
function whole(document: Part, given: Part): Part {
  const { allOf, ...rest } = target(document, given);
  const parts = [...(list(allOf) as Part[]).map((one) => whole(document, one)), rest];
  const merged: Record<string, unknown> = Object.assign({}, ...parts);
  merged['properties'] = Object.assign({}, ...parts.map((one) => part(one, 'properties')));
  merged['required'] = [...new Set(parts.flatMap((one) => list(one['required'])))];
  return merged;
}

function target(document: Part, given: unknown): Part {
  const { $ref, ...beside } = given as Part;
  if (typeof $ref !== 'string') return given as Part;
  const found = $ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((one, key) => (one as Part)[key], document);
  return { ...target(document, found), ...beside };
}

const part = (whole: Part, name: string): Part => (whole[name] ?? {}) as Part;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
