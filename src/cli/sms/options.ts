import { ADDRESS_OPTIONS } from '../calls/serviceAddress';
import { FLAG, readCommand, TEXT } from '../terminal/commandLine';
import { REQUEST_OPTIONS } from './request';

const OPTIONS = {
  ...REQUEST_OPTIONS,
  ...ADDRESS_OPTIONS,
  yes: FLAG,
  follow: FLAG,
  'idempotency-key': TEXT,
  status: TEXT,
  note: TEXT,
  json: FLAG,
} as const;

export type SmsCommand = NonNullable<ReturnType<typeof readSmsCommand>>;
export type SmsOptions = SmsCommand['options'];

/** What was asked for; null where it was the help. */
export const readSmsCommand = (help: string) => readCommand(help, OPTIONS);
