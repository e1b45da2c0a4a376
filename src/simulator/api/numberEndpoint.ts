import { errorAnswer } from './answers';
import type { JsonAnswer } from './answers';
import { stripNumber } from '../formats/phoneDigits';
import type { OwnedNumber, SimulatorSettings } from '../behaviour/settings';

const MAX_PAGE = 20;
/** Beginnings of North American numbers that are free to call. */
const TOLL_FREE = /^1(?:800|833|844|855|866|877|888)/;

type NumberDeps = { authId: string; settings: SimulatorSettings };

/** `GET /v1/Account/{authId}/Number/` (https://docs.plivo.com/docs/numbers/api/account-phone-number). */
export function listNumbers(query: URLSearchParams, apiId: string, { authId, settings }: NumberDeps): JsonAnswer {
  const limit = Math.min(MAX_PAGE, wholeOf(query, 'limit', MAX_PAGE));
  const offset = wholeOf(query, 'offset', 0);
  if (Number.isNaN(limit) || Number.isNaN(offset)) return errorAnswer(apiId, 400, 'limit and offset must be numbers');
  const beginning = stripNumber(query.get('number_startswith') ?? '');
  const found = settings.numbers.filter(({ number }) => stripNumber(number).startsWith(beginning));
  const pageAt = (at: number): string => `/v1/Account/${authId}/Number/?limit=${limit}&offset=${at}`;
  const meta = {
    limit,
    offset,
    next: offset + limit < found.length ? pageAt(offset + limit) : null,
    previous: offset > 0 ? pageAt(Math.max(0, offset - limit)) : null,
    total_count: found.length,
  };
  const objects = found.slice(offset, offset + limit).map((owned) => numberRecord(owned, authId));
  return { status: 200, body: { api_id: apiId, meta, objects } };
}

/** `GET /v1/Account/{authId}/Number/{number}/`. */
export function showNumber(number: string, apiId: string, { authId, settings }: NumberDeps): JsonAnswer {
  const owned = settings.numbers.find((one) => stripNumber(one.number) === stripNumber(number));
  if (!owned) return errorAnswer(apiId, 404, 'not found');
  return { status: 200, body: { api_id: apiId, ...numberRecord(owned, authId) } };
}

function numberRecord(owned: OwnedNumber, authId: string): Record<string, unknown> {
  const number = stripNumber(owned.number);
  const isTollFree = TOLL_FREE.test(number);
  const isLongCode = /^1\d{10}$/.test(number) && !isTollFree;
  return {
    number,
    alias: null,
    application: owned.application ?? null,
    type: isTollFree ? 'tollfree' : 'local',
    sms_enabled: owned.smsEnabled ?? true,
    mms_enabled: false,
    voice_enabled: true,
    active: true,
    sub_account: null,
    tendlc_registration_status: isLongCode ? (owned.tendlcRegistrationStatus ?? 'COMPLETED') : null,
    tendlc_campaign_id: isLongCode ? (owned.tendlcCampaignId ?? 'CSIMULATOR') : null,
    toll_free_sms_verification: isTollFree ? (owned.tollFreeSmsVerification ?? 'VERIFIED') : null,
    resource_uri: `/v1/Account/${authId}/Number/${number}/`,
  };
}

function wholeOf(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
