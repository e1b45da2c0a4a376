import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { CallRecord } from './api/callLog';
import { parseFault } from './behaviour/faults';
import type { Faults } from './behaviour/faults';
import type { InboundText } from './callbacks/handset';
import type { Outage } from './api/outage';
import { parseJsonObject, readBody, respondJson, respondText } from './formats/httpBody';
import type { Fields } from './formats/httpBody';
import type { MessageStore } from './messages/messageStore';
import { stripNumber } from './formats/phoneDigits';
import { settingsFaults } from './behaviour/settings';
import type { SimulatorSettings } from './behaviour/settings';

const HELP = `Plivo simulator: control

GET    /                  this text
GET    /settings          all settings
PATCH  /settings          change some: {"messagesPerSecond": 50, "undeliveredShare": 0.02}, {"credit": 12.5}
GET    /faults            faults that can still hit
POST   /faults            add one: {"kind": "accept-then-reset", "times": 1}, or for a time:
                          {"kind": "status", "status": 503, "retryAfter": 5, "forMs": 15000}
DELETE /faults            remove all
POST   /outage            refuse connections to the API: {"forMs": 5000}, or {} until DELETE
DELETE /outage            take connections again
GET    /outage            whether connections are refused
GET    /ledger            how many numbers and texts, and who was sent more than one text
GET    /ledger/{number}   the texts of one number
GET    /ledger.csv        number,texts for every number
GET    /calls             every send request: when, how many numbers, answer
POST   /inbound           a text from a handset: {"from", "to", "text", "url"}; STOP opts out
POST   /reset             forget messages, calls, faults and opt-outs
GET    /idle              whether everything has come to rest, and how much still moves
`;

const MAX_TWICE_LISTED = 100;
const CSV_LINES_PER_WRITE = 5000;
const INTENTS: readonly unknown[] = [undefined, '', 'optout', 'optin', 'help'];

export type ControlDeps = {
  settings: SimulatorSettings;
  faults: Faults;
  outage: Outage;
  store: MessageStore;
  calls: () => CallRecord[];
  receiveText: (inbound: InboundText) => Promise<{ status: number; body: string }>;
  reset: () => void;
  /** Messages and callbacks still on their way. */
  waiting: () => number;
};

type Reply = { status: number; body: unknown };
type Handler = (body: Fields) => Reply | Promise<Reply>;

/** The simulator's own switchboard, for people, crash tests and other processes. Plivo has nothing like it. */
export function createControlServer(deps: ControlDeps): RequestListener {
  const { settings, faults, outage, store } = deps;
  const routes: Record<string, Handler> = {
    'GET /settings': () => ok(settings),
    'PATCH /settings': (patch) => {
      const errors = settingsFaults(patch);
      if (errors.length > 0) return bad(errors);
      Object.assign(settings, patch);
      return ok(settings);
    },
    'GET /faults': () => ok(faults.list()),
    'POST /faults': (input) => {
      const parsed = parseFault(input);
      if ('errors' in parsed) return bad(parsed.errors);
      faults.add(parsed.fault);
      return { status: 201, body: faults.list() };
    },
    'DELETE /faults': () => {
      faults.clear();
      return ok([]);
    },
    'GET /outage': () => ok({ refusing: outage.isOn() }),
    'POST /outage': async ({ forMs }) => {
      if (forMs !== undefined && !(Number.isInteger(forMs) && (forMs as number) > 0))
        return bad(['forMs must be whole milliseconds, 1 or more.']);
      await outage.begin(forMs as number | undefined);
      return { status: 201, body: { refusing: true } };
    },
    'DELETE /outage': async () => {
      await outage.end();
      return ok({ refusing: false });
    },
    'GET /ledger': () => ok(ledgerSummary(store.texts())),
    'GET /calls': () =>
      ok(deps.calls().map(({ at, wallTime, size, status, accepted }) => ({ at, wallTime, size, status, accepted }))),
    'POST /inbound': async (input) => {
      const errors = inboundFaults(input);
      return errors.length > 0 ? bad(errors) : ok(await deps.receiveText(input as InboundText));
    },
    'POST /reset': () => {
      deps.reset();
      return ok({ reset: true });
    },
    'GET /idle': () => ok({ idle: deps.waiting() === 0, waiting: deps.waiting() }),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const text = (await readBody(request)) ?? '';
    if (method === 'GET' && pathname === '/') {
      respondText(response, 200, HELP, { 'content-type': 'text/plain; charset=utf-8' });
    } else if (method === 'GET' && pathname === '/ledger.csv') {
      await streamLedger(store.texts(), response);
    } else if (method === 'GET' && pathname.startsWith('/ledger/')) {
      const number = stripNumber(decodeURIComponent(pathname.slice('/ledger/'.length)));
      respondJson(response, 200, { number, texts: store.texts().get(number) ?? 0, messages: store.textsOf(number) });
    } else {
      const { status, body } = await answer(`${method} ${pathname}`, text);
      respondJson(response, status, body);
    }
  }

  function answer(route: string, text: string): Reply | Promise<Reply> {
    const handler = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (!handler) return { status: 404, body: { error: `There is no ${route}. GET / lists what there is.` } };
    const body = text === '' ? {} : parseJsonObject(text);
    return body ? handler(body) : bad(['The body must be a JSON object.']);
  }

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (error instanceof URIError) respondJson(response, 400, { error: 'The path is not properly percent-encoded.' });
      else respondJson(response, 500, { error: String(error) });
    });
  };
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function bad(errors: readonly string[]): Reply {
  return { status: 400, body: { error: errors.join(' ') } };
}

function ledgerSummary(texts: ReadonlyMap<string, number>): unknown {
  let total = 0;
  let maxTextsPerNumber = 0;
  const twice: { number: string; texts: number }[] = [];
  for (const [number, count] of texts) {
    total += count;
    maxTextsPerNumber = Math.max(maxTextsPerNumber, count);
    if (count > 1 && twice.length < MAX_TWICE_LISTED) twice.push({ number, texts: count });
  }
  return { numbers: texts.size, texts: total, maxTextsPerNumber, twice };
}

async function streamLedger(texts: ReadonlyMap<string, number>, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' });
  let lines = 'number,texts\n';
  let waiting = 0;
  for (const [number, count] of texts) {
    lines += `${number},${count}\n`;
    waiting += 1;
    if (waiting < CSV_LINES_PER_WRITE) continue;
    if (!response.write(lines) && !response.destroyed) await once(response, 'drain');
    lines = '';
    waiting = 0;
  }
  response.end(lines);
}

function inboundFaults(input: Fields): string[] {
  const errors = ['from', 'to', 'text', 'url'].flatMap((name) =>
    typeof input[name] === 'string' ? [] : [`${name} is needed, as text.`],
  );
  const { url, intent } = input;
  if (typeof url === 'string' && !/^https?:\/\/[^/]/.test(url)) errors.push('url must begin with http:// or https://.');
  if (!INTENTS.includes(intent)) errors.push('intent must be optout, optin, help or empty.');
  return errors;
}
