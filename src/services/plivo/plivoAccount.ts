import type { Funds } from '../../domain/money/funds';
import { parseBalance } from '../../domain/money/money';
import { readProperty } from '../../domain/text/safeWords';

/** What the SDK's account call resolved with (docs.plivo.com/docs/account/api/account); null without a balance. */
export function readAccount(answer: unknown): Funds | null {
  const credits = readProperty(answer, 'cashCredits');
  const text = typeof credits === 'number' ? credits.toFixed(9) : credits;
  const balanceNanos = typeof text === 'string' ? parseBalance(text.trim()) : null;
  if (balanceNanos === null) return null;
  const mode = readProperty(answer, 'billingMode');
  return {
    balanceNanos,
    autoRecharge: readProperty(answer, 'autoRecharge') === true,
    billingMode: typeof mode === 'string' && /^\w{1,20}$/.test(mode) ? mode : null,
  };
}
