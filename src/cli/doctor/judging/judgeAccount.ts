import { ENV_SPECS } from '../../../../config/env';
import { ACCOUNT_CURRENCY, isOpenEnded, type Funds } from '../../../domain/money/funds';
import { formatAmount } from '../../../domain/money/money';
import type { AccountOutcome } from '../../../services/plivo/plivoService';
import { green, red, unknown, type Check } from '../check';
import { whyNotAsked } from './refused';

const CREDENTIALS = 'credentials';
const BALANCE = 'balance';

/** `apiUrl`: who was asked, which in earnest is Plivo itself. */
export function judgeCredentials(outcome: AccountOutcome, apiUrl: string): Check {
  if (outcome.kind === 'account') {
    const isPlivos = apiUrl === ENV_SPECS.PLIVO_API_URL.default;
    return green(
      CREDENTIALS,
      isPlivos ? 'Plivo takes them' : `taken by ${apiUrl} (PLIVO_API_URL), which is not Plivo's own`,
    );
  }
  if (outcome.status === 401)
    return red(
      CREDENTIALS,
      outcome.reason,
      'Set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN as the overview page of the Plivo console shows them.',
    );
  if (outcome.status === 403)
    return red(
      CREDENTIALS,
      outcome.reason,
      'See in the Plivo console whether the account is active, and whether its IP allow-list has the address of this machine.',
    );
  if (outcome.status === 404)
    return red(CREDENTIALS, outcome.reason, 'Check PLIVO_API_URL and PLIVO_AUTH_ID: there is no such account there.');
  return unknown(CREDENTIALS, ...whyNotAsked(outcome));
}

/** `minNanos`: what is to stay in the account. */
export function judgeBalance(outcome: AccountOutcome, minNanos: number | null): Check {
  if (outcome.kind === 'refused') return unknown(BALANCE, ...whyNotAsked(outcome));
  const { account } = outcome;
  const said = `${formatAmount(account.balanceNanos)} ${ACCOUNT_CURRENCY}${noteOf(account)}`;
  if (isOpenEnded(account)) return green(BALANCE, said);
  if (minNanos !== null && account.balanceNanos < minNanos)
    return red(
      BALANCE,
      `${said}, less than the ${formatAmount(minNanos)} of PLIVO_MIN_BALANCE: nothing is sent`,
      'Pay in, or lower PLIVO_MIN_BALANCE.',
    );
  if (account.balanceNanos <= 0) return red(BALANCE, `${said}: Plivo sends nothing`, 'Pay in.');
  return green(BALANCE, said);
}

function noteOf({ autoRecharge, billingMode }: Funds): string {
  if (autoRecharge) return ', and the account recharges by itself';
  return billingMode === null || billingMode === 'prepaid' ? '' : `, and the account is billed ${billingMode}`;
}
