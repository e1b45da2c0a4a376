import { createApiClient } from '../../src/cli/calls/apiClient';
import { postInbound } from '../load/inboundText';
import { API_KEY } from '../stage/account';

/** What there is in the service, so that inputs find something: each in the same place whenever a run is repeated. */
export type Known = {
  /** Where the service is. */
  readonly base: string;
  /** From when on times that lie ahead are counted, milliseconds since 1970. */
  readonly now: number;
  readonly broadcasts: readonly string[];
  /** Tokens of the addresses that Plivo was given for its reports. */
  readonly tokens: readonly string[];
  readonly inboundTokens: readonly string[];
  /** Texts that came in. */
  readonly inbound: readonly string[];
  readonly imports: readonly string[];
  readonly keys: readonly string[];
  readonly assets: readonly string[];
  readonly lists: readonly string[];
  readonly templates: readonly string[];
  readonly numbers: readonly string[];
};

const CALL_TIMEOUT_MS = 20_000;
const PEOPLE = 40;
/** Broadcasts to more people wait for somebody else's word: some of those here do, and no list that is made up. */
export const APPROVAL_ABOVE = 500;
const TIMES = 4;
const IN_A_WEEK_MS = 7 * 86_400_000;

const numbers = Array.from({ length: PEOPLE }, (_, index) => `+14155550${100 + index}`);
/** The simulated Plivo takes their texts and does not deliver them. */
export const UNREACHABLE = numbers.slice(-3);
const lists = ['customers', 'friends & family', 'löß'];
const templates = ['doors', 'code'];
const times = Array.from({ length: TIMES }, (_, index) => index);

type Made = { readonly id: string };

/** `callbackUrls`: where Plivo was told to report to. */
export async function prepareKnown(base: string, callbackUrls: () => Promise<readonly string[]>): Promise<Known> {
  const call = callerOf(base);
  for (const [index, name] of lists.entries())
    await call('PUT', `/lists/${encodeURIComponent(name)}`, { recipients: numbers.slice(index * 5, index * 5 + 20) });
  await call('PUT', '/templates/doors', { message: 'Doors open at 9.' });
  await call('PUT', '/templates/code', { message: 'Hi {{name|there}}, your code is {{code|none}}.' });
  const broadcasts = await sendSome(call);
  const { inboundUrl } = (await call('GET', '/account')) as { readonly inboundUrl: string };
  const inbound = await Promise.all(times.map((index) => hear(inboundUrl, `fuzz-inbound-${index}`)));
  const keys = times.map((index) => call('POST', '/keys', { name: `key ${index}`, scopes: ['read'] }) as Promise<Made>);
  const imports = times.map((index) => importOptOut(base, `+44770090010${index}`));
  const page = await (await fetch(base)).text();
  return {
    base,
    now: Date.now(),
    broadcasts,
    tokens: (await callbackUrls()).map((url) => url.split('/').at(-1) ?? '').slice(0, 2),
    inboundTokens: [inboundUrl.split('/').at(-1) ?? ''],
    inbound,
    imports: await Promise.all(imports),
    keys: (await Promise.all(keys)).map(({ id }) => id),
    assets: [...page.matchAll(/\/?assets\/([\w.-]+)/g)].map(([, name = '']) => name).slice(0, 2),
    lists,
    templates,
    numbers,
  };
}

type Caller = (method: string, path: string, json?: object) => Promise<unknown>;

/** In different states: sent, personal, partly failed, scheduled, cancelled, paused, one whose rest waits, and two that wait for approval. */
async function sendSome(call: Caller): Promise<string[]> {
  const send = async (fields: object) => {
    const made = await call('POST', '/broadcast', { message: 'Doors open at 9.', recipients: numbers, ...fields });
    return (made as Made).id;
  };
  const later = { sendAt: new Date(Date.now() + IN_A_WEEK_MS).toISOString() };
  const [named, unreachable] = [numbers.slice(0, 5), { recipients: UNREACHABLE }];
  const sent = [await send({}), await send(unreachable), await send({ ...unreachable, message: 'Again.' })];
  const recipients = named.map((to, index) => ({ to, name: 'Ann', code: index }));
  const personal = await send({ message: 'Hi {{name}}, it is {{code}}.', recipients });
  const [scheduled, cancelled, paused] = [await send(later), await send(later), await send(later)];
  await call('POST', `/broadcast/${cancelled}/cancel`, {});
  await call('POST', `/broadcast/${paused}/pause`, {});
  const canary = await send({ canary: { recipients: 5, waitSeconds: 86_400 } });
  const more = { recipients: Array.from({ length: APPROVAL_ABOVE + 1 }, (_, index) => `+1212${5_550_000 + index}`) };
  const waiting = [await send(more), await send({ ...more, ...later })];
  return [...sent, personal, scheduled, cancelled, paused, canary, ...waiting];
}

function callerOf(base: string): Caller {
  const api = createApiClient({ url: base, timeoutMs: CALL_TIMEOUT_MS });
  return async (method, path, json) => {
    const { status, body } = await api({ method: method as 'GET' | 'POST', path, key: API_KEY, json });
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body;
  };
}

async function hear(url: string, messageUuid: string): Promise<string> {
  const { status } = await postInbound(url, { messageUuid, from: '14155550999', text: 'please stop this' });
  if (status >= 300) throw new Error(`A text that came in was answered ${status}.`);
  return messageUuid;
}

async function importOptOut(base: string, number: string): Promise<string> {
  const headers = { 'x-api-key': API_KEY, 'content-type': 'text/csv' };
  const response = await fetch(`${base}/opt-outs/import`, { method: 'POST', headers, body: `number\n${number}\n` });
  const { importId } = (await response.json()) as { readonly importId?: string };
  if (importId === undefined) throw new Error(`An import was answered ${response.status}.`);
  return importId;
}
