/** A number that the account rents; what is not said is as with a number that may send. */
export type OwnedNumber = {
  number: string;
  smsEnabled?: boolean;
  /** UNREGISTERED, PROCESSING or COMPLETED. */
  tendlcRegistrationStatus?: string;
  tendlcCampaignId?: string | null;
  /** UNVERIFIED, PENDING_VERIFICATION or VERIFIED. */
  tollFreeSmsVerification?: string;
  /** Address of the Plivo application that it belongs to. */
  application?: string | null;
};

/** What becomes of texts and calls that come in for its numbers. */
export type Application = {
  id: string;
  /** Where texts that come in are posted; empty where nowhere. */
  messageUrl: string;
};

export type SimulatorSettings = {
  /** Wait before a send is answered. The texts are taken on arrival, as a lost answer must not undo them. */
  latencyMs: number;
  /** Units (parts of texts) the account sends per second; 0 = no limit. A new account at Plivo has 5. */
  messagesPerSecond: number;
  /** The same for single senders, beside the account's: by their digits or letters; who is not named has no limit. */
  senderRates: Record<string, number>;
  /** Requests in any 5 s before a 429; 0 = no limit. Plivo documents 300. */
  requestsPer5s: number;
  /** Requests to the message list in any minute before a 429; 0 = no limit. Plivo documents 20. */
  listRequestsPerMinute: number;
  /** How long a new record is missing from the message list. */
  listVisibleAfterMs: number;
  /** Numbers in one send. */
  maxRecipients: number;
  /** Mean time of each step: queued to sent (or failed), and sent to delivered (or undelivered). */
  deliveryDelayMs: number;
  /** Share of texts, 0..1, that end as undelivered, as failed. */
  undeliveredShare: number;
  failedShare: number;
  /** Returned as invalid_number, never sent. */
  invalidNumbers: string[];
  /** Taken, then failed with error code 200: these people said STOP to every sender. */
  optedOut: string[];
  /** Callbacks under way at once, for each origin. */
  callbackConcurrency: number;
  callbackTimeoutMs: number;
  /** Waits before each further attempt at a callback that got no 2xx. */
  callbackRetryDelaysMs: number[];
  /** Shares of callbacks, 0..1: posted twice, held back until after the message's last one, never posted. */
  callbackDuplicateShare: number;
  callbackReorderShare: number;
  callbackLossShare: number;
  signatures: 'v2' | 'v3' | 'both';
  /** Who else may have signed the certificate of who is called back, as PEM: a proxy with one of its own making; null = nobody. */
  callbackCa: string | null;
  /** Records show the recipient's number partly masked, as with the send parameter log=false. */
  maskNumbers: boolean;
  /** Records show this sender instead of the one that was given, as where a carrier replaces it; null = never. */
  replacedSender: string | null;
  /** The list tells no total_count. */
  hideTotal: boolean;
  /** The list shows what was sent, whichever direction it is asked for. */
  ignoreDirection: boolean;
  /** Report the status queued too. */
  queuedCallback: boolean;
  /** Texts that waited longer in the queue fail with error code 420; null = never. */
  expiryMs: number | null;
  /** What the account has left, in US dollars; goes down with every text that is sent. null = it never runs out. */
  credit: number | null;
  /** What one unit of a text costs by country (ISO 3166), in US dollars; `*` is every other, null where none are sold. */
  prices: Record<string, number | null>;
  /** The same for messages with media. */
  mmsPrices: Record<string, number | null>;
  /** Countries that have a network at another price, which only the price list shows. */
  dearNetworks: Record<string, number>;
  /** Numbers that the account rents. */
  numbers: OwnedNumber[];
  /** The account's applications, to which numbers belong by their address. */
  applications: Application[];
  /** How long sends are refused after a text had failed for want of credit. */
  noCreditForMs: number;
  /** The account says that it recharges by itself. It does not. */
  autoRecharge: boolean;
  /** How far the clock that answers are dated by is ahead of this machine's; below 0 where it is behind. */
  clockAheadMs: number;
};

/**
 * Plivo's documented values where it documents any, and the price of a text to the USA at the time of writing: request limit
 * https://www.plivo.com/docs/voice/concepts/account-limits, list limit
 * https://www.plivo.com/docs/messaging/api/message/list-all-messages, callback retries
 * https://support.plivo.com/hc/en-us/articles/360041344652, expiry
 * https://support.plivo.com/hc/en-us/articles/14814454609561-Message-Expiry,
 * two minutes without credit https://support.plivo.com/support/solutions/articles/17000088423.
 */
export function defaultSettings(): SimulatorSettings {
  return {
    latencyMs: 0,
    messagesPerSecond: 0,
    senderRates: {},
    requestsPer5s: 300,
    listRequestsPerMinute: 20,
    listVisibleAfterMs: 0,
    maxRecipients: 1000,
    deliveryDelayMs: 20,
    undeliveredShare: 0,
    failedShare: 0,
    invalidNumbers: [],
    optedOut: [],
    callbackConcurrency: 32,
    callbackTimeoutMs: 8000,
    callbackRetryDelaysMs: [60_000, 120_000, 240_000],
    callbackDuplicateShare: 0,
    callbackReorderShare: 0,
    callbackLossShare: 0,
    signatures: 'both',
    callbackCa: null,
    maskNumbers: false,
    replacedSender: null,
    hideTotal: false,
    ignoreDirection: false,
    queuedCallback: false,
    expiryMs: 10_800_000,
    credit: null,
    prices: { '*': 0.0077 },
    mmsPrices: { '*': 0.0077 },
    dearNetworks: {},
    numbers: [{ number: '14155550100' }],
    applications: [],
    noCreditForMs: 120_000,
    autoRecharge: false,
    clockAheadMs: 0,
  };
}

type Check = { holds: (value: unknown) => boolean; wanted: string };

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isFields = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const hasText = (fields: object, name: string): boolean => isText((fields as Record<string, unknown>)[name]);
const amount: Check = { holds: isAmount, wanted: 'a number, 0 or more' };
const amountOrNull: Check = {
  holds: (value) => value === null || isAmount(value),
  wanted: 'a number, 0 or more, or null',
};
const atLeastOne: Check = {
  holds: (value) => isAmount(value) && Number.isInteger(value) && value >= 1,
  wanted: 'a whole number, 1 or more',
};
const share: Check = { holds: (value) => isAmount(value) && value <= 1, wanted: 'a number from 0 to 1' };
const flag: Check = { holds: (value) => typeof value === 'boolean', wanted: 'true or false' };
const numbers: Check = {
  holds: (value) => Array.isArray(value) && value.every(isText),
  wanted: 'a list of phone numbers, each as text',
};

const priceList: Check = {
  holds: (value) => isFields(value) && Object.values(value).every((price) => price === null || isAmount(price)),
  wanted: 'an object with a price, or null, for each country',
};

const CHECKS: Record<keyof SimulatorSettings, Check> = {
  latencyMs: amount,
  messagesPerSecond: amount,
  senderRates: {
    holds: (value) => isFields(value) && Object.values(value).every((rate) => isAmount(rate) && rate > 0),
    wanted: 'an object with a number above 0 for each sender',
  },
  requestsPer5s: amount,
  listRequestsPerMinute: amount,
  listVisibleAfterMs: amount,
  maxRecipients: atLeastOne,
  deliveryDelayMs: amount,
  undeliveredShare: share,
  failedShare: share,
  invalidNumbers: numbers,
  optedOut: numbers,
  callbackConcurrency: atLeastOne,
  callbackTimeoutMs: amount,
  callbackRetryDelaysMs: {
    holds: (value) => Array.isArray(value) && value.every(isAmount),
    wanted: 'a list of numbers, each 0 or more',
  },
  callbackDuplicateShare: share,
  callbackReorderShare: share,
  callbackLossShare: share,
  signatures: {
    holds: (value) => isText(value) && ['v2', 'v3', 'both'].includes(value),
    wanted: '"v2", "v3" or "both"',
  },
  callbackCa: { holds: (value) => value === null || isText(value), wanted: 'a certificate as text, or null' },
  maskNumbers: flag,
  replacedSender: { holds: (value) => value === null || isText(value), wanted: 'a sender as text, or null' },
  hideTotal: flag,
  ignoreDirection: flag,
  queuedCallback: flag,
  expiryMs: amountOrNull,
  credit: amountOrNull,
  prices: priceList,
  mmsPrices: priceList,
  dearNetworks: priceList,
  numbers: {
    holds: (value) =>
      Array.isArray(value) && value.every((one) => isText((one as { number?: unknown } | null)?.number)),
    wanted: 'a list of objects, each with a number as text',
  },
  applications: {
    holds: (value) =>
      Array.isArray(value) && value.every((one) => isFields(one) && hasText(one, 'id') && hasText(one, 'messageUrl')),
    wanted: 'a list of objects, each with an id and a messageUrl as text',
  },
  noCreditForMs: amount,
  autoRecharge: flag,
  clockAheadMs: { holds: (value) => Number.isInteger(value), wanted: 'a whole number' },
};

/** What is wrong with settings from outside, one sentence each; empty when all is well. */
export function settingsFaults(patch: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(patch).flatMap(([name, value]) => {
    if (!isSettingName(name)) return [`There is no setting "${name}". Settings: ${Object.keys(CHECKS).join(', ')}.`];
    return CHECKS[name].holds(value) ? [] : [`${name} must be ${CHECKS[name].wanted}.`];
  });
}

/** `in` would also find what every object inherits. */
function isSettingName(name: string): name is keyof SimulatorSettings {
  return Object.hasOwn(CHECKS, name);
}
