import type { JsonAnswer } from './answers';
import type { SimulatorSettings } from '../behaviour/settings';

/** What the account of a simulator shows that never runs out. */
const PLENTY = 1_000_000;

/** `GET /v1/Account/{authId}/` (https://www.plivo.com/docs/account/api/account). */
export function showAccount(
  apiId: string,
  { authId, settings }: { authId: string; settings: SimulatorSettings },
): JsonAnswer {
  const body = {
    account_type: 'standard',
    address: '',
    api_id: apiId,
    auth_id: authId,
    auto_recharge: settings.autoRecharge,
    billing_mode: 'prepaid',
    cash_credits: (settings.credit ?? PLENTY).toFixed(5),
    city: '',
    name: 'Plivo simulator',
    resource_uri: `/v1/Account/${authId}/`,
    state: '',
    timezone: 'UTC',
  };
  return { status: 200, body };
}
