import { readProperty } from '../../domain/text/safeWords';

/** A number that the account rents; null for what Plivo does not say of it. */
export type RentedNumber = {
  readonly smsEnabled: boolean | null;
  /** Where it leads: the address of an application, or of something else (a trunk). */
  readonly application: string | null;
  /** UNREGISTERED, PROCESSING or COMPLETED, of long codes of the USA. */
  readonly tenDlc: string | null;
  /** UNVERIFIED, PENDING_VERIFICATION or VERIFIED, of toll-free numbers. */
  readonly tollFree: string | null;
};

/** A record of Plivo's Number API (docs.plivo.com/docs/numbers/api/account-phone-number); null where it is none. */
export function readRentedNumber(record: unknown): RentedNumber | null {
  if (textOf(record, 'number') === null) return null;
  const smsEnabled = readProperty(record, 'sms_enabled');
  return {
    smsEnabled: typeof smsEnabled === 'boolean' ? smsEnabled : null,
    application: textOf(record, 'application'),
    tenDlc: textOf(record, 'tendlc_registration_status'),
    tollFree: textOf(record, 'toll_free_sms_verification'),
  };
}

/** Blank is as good as nothing. */
function textOf(record: unknown, name: string): string | null {
  const value = readProperty(record, name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
