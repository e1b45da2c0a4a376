import { inheritedEnv } from '../../../config/env';
import { TEXT, UsageError } from '../terminal/commandLine';

/** Where a running service is, and with which key. */
export const ADDRESS_OPTIONS = { url: TEXT, key: TEXT } as const;

export type ServiceAddress = { readonly url: string; readonly key: string };

/**
 * What the options say, else `SMS_URL` and `SMS_KEY`.
 *
 * @throws UsageError, which never has the key
 */
export function serviceAddress(options: {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
}): ServiceAddress {
  const { SMS_URL, SMS_KEY } = inheritedEnv();
  const { url = SMS_URL, key = SMS_KEY } = options;
  if (url === undefined || key === undefined)
    throw new UsageError('--url and --key are needed, or SMS_URL and SMS_KEY.');
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError('--url must begin with http:// or https://.');
  return { url, key };
}
