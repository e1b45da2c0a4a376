import type { IncomingMessage, ServerResponse } from 'node:http';
import { showAccount } from './accountEndpoint';
import { showApplication } from './applicationEndpoint';
import { REDIRECT_LOOP_PATH, errorAnswer, faultyAnswer, plainAnswer } from './answers';
import type { JsonAnswer, PlannedAnswer } from './answers';
import { LoggedCall } from './callLog';
import type { FaultTarget, Faults } from '../behaviour/faults';
import { parseFields, readBody, respondText } from '../formats/httpBody';
import type { Fields } from '../formats/httpBody';
import { getMessage, listMessages } from './listEndpoint';
import type { ListDeps } from './listEndpoint';
import { listNumbers, showNumber } from './numberEndpoint';
import { showPricing } from './pricingEndpoint';
import type { RequestLimit } from './requestLimit';
import { takeSend } from './sendEndpoint';
import type { SendDeps } from './sendEndpoint';
import { Timeline } from '../clockwork/timeline';

export type PlivoServerDeps = ListDeps & {
  authToken: string;
  faults: Faults;
  send: SendDeps;
  /** Requests of the whole account, and of the message list within it. */
  limits: { all: RequestLimit; list: RequestLimit };
  /** Whether sends are refused for want of credit. */
  isOutOfCredit: (now: number) => boolean;
};

export type PlivoServer = {
  handle(request: IncomingMessage, response: ServerResponse): void;
  calls(): LoggedCall[];
  listRequests(): number;
  accountRequests(): number;
  clear(): void;
};

/** Plivo's own library asks for the account with two slashes at the end. */
const PATH = /^\/v1\/Account\/([^/]+)\/(?:\/?|(Message|Number|Application|Pricing)\/(?:([^/]+)\/)?)$/;

type Question = { resource: string | undefined; id: string | undefined; query: URLSearchParams };

/** As if it came from where the header says, for whoever plays other software on the account. */
const addressOf = ({ headers, socket }: IncomingMessage): string =>
  [headers['x-forwarded-for']].flat()[0] ?? socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';

/** The part of https://api.plivo.com that sends, lists and shows messages, and shows the account, its numbers, applications and prices. */
export function createPlivoServer(deps: PlivoServerDeps): PlivoServer {
  const credentials = `Basic ${Buffer.from(`${deps.authId}:${deps.authToken}`).toString('base64')}`;
  const later = new Timeline<() => void>((give) => give());
  let calls: LoggedCall[] = [];
  let listRequests = 0;
  let accountRequests = 0;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = { at: performance.now(), wallTime: Date.now() };
    const { clockAheadMs } = deps.settings;
    if (clockAheadMs !== 0) response.setHeader('date', new Date(arrival.wallTime + clockAheadMs).toUTCString());
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await readBody(request);
    if (url.pathname === REDIRECT_LOOP_PATH) {
      respondText(response, 302, '', { location: REDIRECT_LOOP_PATH });
      return;
    }
    const found = PATH.exec(url.pathname);
    const [, authId, resource, id] = found ?? [];
    const isSend = resource === 'Message' && id === undefined && request.method === 'POST';
    const apiId = deps.send.random.uuid();
    const fields = isSend ? parseFields(body ?? '', request.headers['content-type']) : null;
    const call = isSend ? log(arrival, fields) : null;
    const guard = (work: () => PlannedAnswer): PlannedAnswer => {
      const refusal = refuse(request, authId, apiId, arrival.at);
      return refusal ? plainAnswer(refusal) : work();
    };

    const planned = guard(() => {
      if (call) return send(call, { fields, requesterIp: addressOf(request) }, apiId, arrival.at);
      if (resource === 'Message' && request.method === 'GET') return read(id, url.searchParams, apiId, arrival.at);
      if (found && request.method === 'GET') return tell({ resource, id, query: url.searchParams }, apiId);
      if (found) return plainAnswer(errorAnswer(apiId, 405, 'method not allowed'));
      return plainAnswer(errorAnswer(apiId, 404, 'not found'));
    });
    if (call) call.status = planned.status;

    const waitMs = planned.delayMs + (call ? deps.settings.latencyMs : 0);
    if (waitMs === 0) planned.give(response);
    else later.add(performance.now() + waitMs, () => planned.give(response));
  }

  function log(arrival: { at: number; wallTime: number }, fields: Fields | null): LoggedCall {
    const call = new LoggedCall(arrival.at, arrival.wallTime, fields ?? {}, (index) => deps.store.uuidOf(index));
    calls.push(call);
    return call;
  }

  function refuse(
    request: IncomingMessage,
    authId: string | undefined,
    apiId: string,
    now: number,
  ): JsonAnswer | undefined {
    const isKnown = request.headers.authorization === credentials && (authId === undefined || authId === deps.authId);
    if (!isKnown) {
      return errorAnswer(apiId, 401, 'could not verify your access level for that URL: check auth id and auth token');
    }
    if (!deps.limits.all.admits(now)) return errorAnswer(apiId, 429, 'too many requests');
    return undefined;
  }

  function send(
    call: LoggedCall,
    { fields, requesterIp }: { fields: Fields | null; requesterIp: string },
    apiId: string,
    now: number,
  ): PlannedAnswer {
    return through('send', call.dst, apiId, () => {
      // With which status Plivo says so is not documented.
      if (deps.isOutOfCredit(now)) return errorAnswer(apiId, 402, 'Insufficient Credit');
      if (!fields) return errorAnswer(apiId, 400, 'the body is neither a JSON object nor a form');
      const outcome = takeSend({ fields, requesterIp }, apiId, deps.send);
      call.tookMessages(outcome.firstIndex, outcome.accepted);
      return outcome.answer;
    });
  }

  function read(uuid: string | undefined, query: URLSearchParams, apiId: string, now: number): PlannedAnswer {
    if (uuid !== undefined) return through('get', [], apiId, () => getMessage(uuid, apiId, deps));
    listRequests += 1;
    if (!deps.limits.list.admits(now)) return plainAnswer(errorAnswer(apiId, 429, 'too many requests'));
    return through('list', [], apiId, () => listMessages(query, apiId, deps));
  }

  /** What the account has: money, prices, numbers, applications. */
  function tell({ resource, id, query }: Question, apiId: string): PlannedAnswer {
    if (resource === 'Pricing') return through('pricing', [], apiId, () => showPricing(query, apiId, deps.settings));
    if (resource === 'Number') {
      const answer = () => (id === undefined ? listNumbers(query, apiId, deps) : showNumber(id, apiId, deps));
      return through('number', [], apiId, answer);
    }
    if (resource === 'Application') return through('application', [], apiId, () => showApplication(id, apiId, deps));
    accountRequests += 1;
    return through('account', [], apiId, () => showAccount(apiId, deps));
  }

  function through(
    target: FaultTarget,
    recipients: readonly string[],
    apiId: string,
    work: () => JsonAnswer,
  ): PlannedAnswer {
    const fault = deps.faults.take(target, recipients);
    return fault ? faultyAnswer(fault, apiId, work) : plainAnswer(work());
  }

  return {
    handle: (request, response) => {
      route(request, response).catch((error: unknown) => {
        respondText(response, 500, String(error), { 'content-type': 'text/plain' });
      });
    },
    calls: () => [...calls],
    listRequests: () => listRequests,
    accountRequests: () => accountRequests,
    clear: () => {
      later.clear();
      calls = [];
      listRequests = 0;
      accountRequests = 0;
    },
  };
}
