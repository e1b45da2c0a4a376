import { faultsOf } from './closedSchemas';
import { ROUTES, SCHEMAS, type Content, type DescribedRoute, type Operation, type Response } from './description';

/** What was asked, and what came back; names of headers in lower case. */
export type Exchange = {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Headers that are no route's: helmet's, HTTP's own, and what keeps caches away. */
const EVERYWHERE =
  /^(content-(type|length|security-policy)|cross-origin-.*|origin-agent-cluster|referrer-policy|strict-transport-security|x-(content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies|xss-protection)|cache-control|date|connection|keep-alive|transfer-encoding|vary)$/;

/** In which way an answer is not as it is described; empty where it is. */
export function undescribed(exchange: Exchange): string[] {
  // What has no path in it gets as far as Express.
  if (!exchange.url.startsWith('/')) return [];
  // What Plivo calls is served under the path of PUBLIC_URL, too.
  const path = (exchange.url.split('?', 1)[0] ?? '').replace(/^\/.+(?=\/webhooks\/plivo\/)/, '');
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method;
  const routes = ROUTES.filter((route) => PATTERNS.get(route.path)!.test(path)).sort(
    (a, b) => parametersIn(a) - parametersIn(b),
  );
  const known = routes.filter((route) => route.path === routes[0]?.path);
  const route = known.find((one) => one.method === method);
  const faults =
    route === undefined || exchange.status === 405
      ? strayFaults(exchange, known.length > 0)
      : answerFaults(route.operation, exchange);
  return faults.map((fault) => `${exchange.method} ${path} answers ${exchange.status}: ${fault}`);
}

/** Of a path or method that there is not. */
function strayFaults(exchange: Exchange, isPath: boolean): string[] {
  const { status, headers, body } = exchange;
  // A body is looked at first where a key was shown.
  const expected = isPath ? [401, 403, 405, 413, 415, 429] : [400, 401, 403, 404, 413, 415, 429];
  return [
    ...(expected.includes(status) ? [] : [`there is no such route, and the status is none of ${expected.join(', ')}`]),
    ...((status === 405) === (headers['allow'] !== undefined) ? [] : ['Allow belongs to 405']),
    ...contentFaults({ 'application/problem+json': { schema: SCHEMAS['Problem']! } }, exchange.method, headers, body),
  ];
}

function answerFaults(operation: Operation, { method, url, status, headers, body }: Exchange): string[] {
  const response = operation.responses[String(status)];
  if (response === undefined) return [`the status is not described. ${body.slice(0, 300)}`];
  return [
    ...(status < 400 ? parameterFaults(operation, url) : []),
    ...headerFaults(response, headers),
    ...contentFaults(response.content, method, headers, body),
  ];
}

/** What a request was answered well for must be described. */
function parameterFaults({ parameters }: Operation, url: string): string[] {
  const names = parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ name, schema }) => propertiesOf(schema) ?? [name]);
  return [...new URL(url, 'http://localhost').searchParams.keys()]
    .filter((name) => !names.includes(name) && !url.startsWith('/webhooks/'))
    .map((name) => `the parameter "${name}" is not described`);
}

function propertiesOf({ $ref }: Readonly<Record<string, unknown>>): string[] | null {
  if (typeof $ref !== 'string') return null;
  const properties = SCHEMAS[$ref.split('/').at(-1) ?? '']?.['properties'];
  return properties === undefined ? null : Object.keys(properties as object);
}

function headerFaults({ headers = {} }: Response, given: Exchange['headers']): string[] {
  const described = new Map(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header]));
  return [
    ...Object.keys(given)
      .filter((name) => !EVERYWHERE.test(name) && !described.has(name))
      .map((name) => `the header ${name} is not described`),
    ...[...described].flatMap(([name, { required, schema }]) => {
      const value = given[name];
      if (value === undefined) return required === true ? [`the header ${name} is missing`] : [];
      return faultsOf(schema, value).map((fault) => `the header ${name}: ${fault}`);
    }),
  ];
}

function contentFaults(
  content: Content | undefined,
  method: string,
  headers: Exchange['headers'],
  body: string,
): string[] {
  const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
  if (content === undefined) return body === '' && type === '' ? [] : ['it has a body that is not described'];
  const media = content[type];
  if (media === undefined) return [`the content type "${type}" is not described`];
  if (method === 'HEAD' || media.schema === undefined || !/\bjson$/.test(type)) return [];
  return faultsOf(media.schema, JSON.parse(body));
}

const parametersIn = ({ path }: DescribedRoute): number => path.split('{').length;

/** Express takes a path with slashes behind it, of which the first two are one, for the path. */
const PATTERNS = new Map(
  ROUTES.map(({ path }) => [
    path,
    new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/*$`, 'i'),
  ]),
);
