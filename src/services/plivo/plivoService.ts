import { Client, Response } from 'plivo';
import type { PlivoLog } from '../../../config/plivoConfig';
import type { Timers } from '../../domain/time/timers';
import type { Funds } from '../../domain/money/funds';
import { joinRecipients } from '../../domain/plan/batching';
import { readProperty, readWords } from '../../domain/text/safeWords';
import {
  classifyRejection,
  classifyResolution,
  NO_ANSWER,
  UNREADABLE,
  type HeardAnswer,
  type SendFailure,
  type SendOutcome,
} from '../../domain/outcome/sendOutcome';
import { readAccount } from './plivoAccount';
import { readApplication, type Application } from './plivoApplication';
import { listParameters, readMessageList, type ListedMessage, type ListQuery } from './plivoMessageList';
import { readRentedNumber, type RentedNumber } from './plivoNumber';
import { readPricing, type CountryPrice } from './plivoPricing';
import { guardSdkCalls, type ReadAnswer, type SdkGuard } from './plivoTransport';

export type { ListedMessage, ListQuery } from './plivoMessageList';

/** One send call: at most 1,000 distinct recipients in E.164 with `+`, handed to Plivo in the order given. */
export type SendRequest = {
  from: { sender: string } | { powerpackUuid: string };
  recipients: readonly string[];
  text: string;
  /** Where Plivo posts delivery reports; null for none. */
  callbackUrl: string | null;
  /** 5 to 10,799; null leaves Plivo's default of three hours. */
  expirySeconds: number | null;
  /** Makes it an MMS. */
  mediaUrls: readonly string[] | null;
};

/** A question that got no usable answer: says nothing about what was sent. */
type Refused = { kind: 'refused'; status: number | null; code: string; reason: string };

/** `total` counts all matches, not only this page. */
export type ListOutcome = { kind: 'listed'; messages: ListedMessage[]; total: number | null } | Refused;

export type PricingOutcome = { kind: 'pricing'; price: CountryPrice } | Refused;

export type AccountOutcome = { kind: 'account'; account: Funds } | Refused;

/** Refused with the status 404 where the account has no such number. */
export type NumberOutcome = { kind: 'number'; number: RentedNumber } | Refused;

export type ApplicationOutcome = { kind: 'application'; application: Application } | Refused;

/** `at`: milliseconds since 1970, to the second below. */
export type ClockOutcome = { kind: 'clock'; at: number } | Refused;

export type PlivoService = {
  /** Never rejects, and settles within `timeoutMs` and a second. */
  send(request: SendRequest): Promise<SendOutcome>;
  /** As `send`. Plivo allows 20 of these a minute. */
  listMessages(query: ListQuery): Promise<ListOutcome>;
  /** As `send`: the account's balance. */
  readAccount(): Promise<AccountOutcome>;
  /** As `send`: what the account pays for texts to a country (ISO 3166). */
  readPricing(country: string): Promise<PricingOutcome>;
  /** As `send`: a number of the account, by its digits. */
  readNumber(digits: string): Promise<NumberOutcome>;
  /** As `send`. */
  readApplication(id: string): Promise<ApplicationOutcome>;
  /** As `send`: the time by Plivo's clock, which it tells to strangers too. */
  readClock(): Promise<ClockOutcome>;
  /** Closes the sockets; calls still under way end as unknown, later ones are refused. */
  close(): void;
};

export type PlivoServiceOptions = {
  authId: string;
  authToken: string;
  /** Without `/v1/…`: `https://api.plivo.com`, or a simulator. */
  apiUrl: string;
  timeoutMs: number;
  timers: Pick<Timers, 'sleep'>;
  /** Plivo keeps number and text where nothing is said. */
  log?: PlivoLog;
  /** Stands in for the SDK and the network behind it, for simulations. */
  sdk?: Sdk;
};

/** What we use of the SDK. Its own typings declare answers that it does not give, and take any options. */
export type Sdk = {
  messages: {
    create(
      src: string | null,
      dst: string,
      text: string,
      fields: Record<string, unknown>,
      powerpackUuid: string | null,
    ): Promise<unknown>;
    list(fields: Record<string, string | number>): Promise<unknown>;
  };
  accounts: { get(): Promise<unknown> };
  pricings: { get(country: string): Promise<unknown> };
};

type XmlResponse = {
  addMessage(text: string, attributes: Record<string, string>): unknown;
  toXML(): string;
};

/** A text in answer to one that came in: from the number that was written to, to the person who wrote. */
export type Reply = { readonly from: string; readonly to: string; readonly text: string };

/** Plivo XML for the answer to an inbound message's callback; without a reply it asks for nothing. */
export function replyXml(reply: Reply | null): string {
  // The typings declare a function; it is a constructor, and works as either.
  const response = (Response as unknown as () => XmlResponse)();
  if (reply !== null) response.addMessage(reply.text, { src: reply.from, dst: reply.to, type: 'sms' });
  return response.toXML();
}

/** The SDK's own time-out comes first and frees the socket; this one holds when the SDK does not settle at all. */
const WATCHDOG_GRACE_MS = 500;

const CLOSED: SendFailure = {
  kind: 'not_made',
  status: null,
  code: 'closed',
  reason: 'The service is shutting down; nothing was sent.',
};
/** The SDK would reject these without a request, in words that cannot be told from a fault of the call. */
const NOT_SENDABLE: SendFailure = {
  kind: 'refused_for_good',
  status: 400,
  code: 'bad_request',
  reason: 'The request names no sender or no recipient; nothing was sent.',
};

/**
 * The only way to Plivo. Every call makes at most one HTTP request, and turns whatever the SDK does into one typed outcome;
 * the request that the SDK attaches to its errors, with numbers and text in it, never leaves this file.
 */
export function createPlivoService(options: PlivoServiceOptions): PlivoService {
  const { authId, authToken, timeoutMs, timers } = options;
  const accountUrl = `${options.apiUrl.replace(/\/+$/, '')}/v1/Account/${authId}`;
  const { sdk, guard } =
    options.sdk === undefined ? openSdk(options, accountUrl) : { sdk: options.sdk, guard: NO_GUARD };
  let closed = false;

  const watched = <Outcome>(call: () => Promise<unknown>, onEnd: Endings<Outcome>) => {
    const listened = guard.listen(call);
    return settle(listened.call, timers.sleep, timeoutMs + WATCHDOG_GRACE_MS, {
      ...onEnd,
      rejected: (rejection) => onEnd.rejected(rejection, listened.heard()),
    });
  };

  /** `read` gives null for an answer that makes no sense. */
  function question<Told>(
    call: () => Promise<unknown>,
    read: (answer: unknown) => Told | null,
  ): Promise<Told | Refused> {
    if (closed) return Promise.resolve(refusedOf(CLOSED));
    return watched<Told | Refused>(call, {
      resolved: (answer) => read(answer) ?? refusedOf(UNREADABLE),
      rejected: (rejection, heard) => refusedOf(classifyRejection(rejection, [authToken, authId], heard)),
      silent: () => refusedOf(NO_ANSWER),
    });
  }

  /** What the SDK has no whole answer for; `read` is handed those of success, and all where `takesAll`. */
  const record = <Told>(path: string, read: (answer: ReadAnswer) => Told | null, takesAll = false) =>
    question(
      async () => {
        const answer = await guard.read(path, { authId, authToken, timeoutMs });
        if (takesAll || (answer.status >= 200 && answer.status < 300)) return answer;
        // As the SDK rejects.
        throw Object.assign(new Error(readWords(readProperty(answer.body, 'error'))), { status: answer.status });
      },
      (answer) => read(answer as ReadAnswer),
    );

  return {
    send(request) {
      if (closed) return Promise.resolve(CLOSED);
      const { text } = request;
      const sender = 'sender' in request.from ? request.from.sender : null;
      const powerpackUuid = 'powerpackUuid' in request.from ? request.from.powerpackUuid : null;
      if (request.recipients.length === 0 || (sender ?? powerpackUuid ?? '') === '')
        return Promise.resolve(NOT_SENDABLE);
      return watched<SendOutcome>(
        () =>
          sdk.messages.create(
            sender,
            joinRecipients(request.recipients),
            text,
            sendFields(request, options.log),
            powerpackUuid,
          ),
        {
          resolved: classifyResolution,
          rejected: (rejection, heard) => classifyRejection(rejection, [text, authToken, authId], heard),
          silent: () => NO_ANSWER,
        },
      );
    },

    listMessages: (query) =>
      question(
        () => sdk.messages.list(listParameters(query)),
        (answer) => {
          const list = readMessageList(answer);
          return list === null ? null : { kind: 'listed', ...list };
        },
      ),

    readAccount: () =>
      question(
        () => sdk.accounts.get(),
        (answer) => {
          const account = readAccount(answer);
          return account === null ? null : { kind: 'account', account };
        },
      ),

    readPricing: (country) =>
      question(
        () => sdk.pricings.get(country),
        (answer) => {
          const price = readPricing(answer);
          return price === null ? null : { kind: 'pricing', price };
        },
      ),

    readNumber: (digits) =>
      record(`Number/${encodeURIComponent(digits)}/`, ({ body }) => {
        const number = readRentedNumber(body);
        return number === null ? null : { kind: 'number', number };
      }),

    readApplication: (id) =>
      record(`Application/${encodeURIComponent(id)}/`, ({ body }) => {
        const application = readApplication(body);
        return application === null ? null : { kind: 'application', application };
      }),

    readClock: () => record('', ({ date }) => (date === null ? null : { kind: 'clock', at: date }), true),

    close() {
      if (closed) return;
      closed = true;
      guard.remove();
    },
  };
}

function openSdk({ authId, authToken, timeoutMs }: PlivoServiceOptions, accountUrl: string) {
  return {
    sdk: new Client(authId, authToken, { url: accountUrl, timeout: timeoutMs }) as unknown as Sdk,
    guard: guardSdkCalls(require.resolve('plivo'), accountUrl, timeoutMs),
  };
}

/** Where there is no network there is nothing to guard. */
const NO_GUARD: SdkGuard = {
  listen: (call) => ({ call, heard: () => null }),
  read: () => Promise.reject(new Error('There is no network.')),
  remove: () => undefined,
};

/** A fresh object for each call, since the SDK writes into it; absent fields are left out, not sent empty. */
function sendFields(request: SendRequest, log: PlivoLog = 'true'): Record<string, unknown> {
  const media = request.mediaUrls ?? [];
  return {
    ...(request.callbackUrl === null ? {} : { url: request.callbackUrl, method: 'POST' }),
    ...(request.expirySeconds === null ? {} : { message_expiry: request.expirySeconds }),
    // Left out, it is what the account is set to.
    ...(log === 'true' ? {} : { log: log === 'false' ? false : log }),
    ...(media.length === 0 ? { type: 'sms' } : { type: 'mms', media_urls: [...media] }),
  };
}

function refusedOf({ status, code, reason }: SendFailure): Refused {
  return { kind: 'refused', status, code, reason };
}

type Endings<Outcome> = {
  resolved(value: unknown): Outcome;
  rejected(rejection: unknown, heard: HeardAnswer | null): Outcome;
  silent(): Outcome;
};

/** Settles once, with the first of: the call's answer, its failure (also a thrown one), the limit. */
function settle<Outcome>(
  call: () => Promise<unknown>,
  sleep: Timers['sleep'],
  limitMs: number,
  onEnd: Omit<Endings<Outcome>, 'rejected'> & { rejected(rejection: unknown): Outcome },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const settled = new AbortController();
    const end = (outcome: Outcome) => {
      settled.abort();
      resolve(outcome);
    };
    void sleep(limitMs, settled.signal).then(() => {
      if (!settled.signal.aborted) end(onEnd.silent());
    });
    // Through an async function, so that a call that throws at once ends like one that rejects.
    (async () => call())().then(
      (value) => end(onEnd.resolved(value)),
      (rejection: unknown) => end(onEnd.rejected(rejection)),
    );
  });
}
