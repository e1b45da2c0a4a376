import { parseBalance } from '../../domain/money/money';
import { readProperty } from '../../domain/text/safeWords';

/** What the account says of its money. */
export type PlivoAccount = {
  /** Billionths of a US dollar, in which Plivo bills; below 0 for a debt. */
  readonly balanceNanos: number;
  /** It pays in by itself when little is left. */
  readonly autoRecharge: boolean;
  /** `prepaid`, or how else it is billed; null where it does not say. */
  readonly billingMode: string | null;
};

/** What the SDK's account call resolved with (docs.plivo.com/docs/account/api/account); null without a balance. */
export function readAccount(answer: unknown): PlivoAccount | null {
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
