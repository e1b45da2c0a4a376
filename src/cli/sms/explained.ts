import { ConnectionError, ProblemError } from '../../client/index';
import { complaint } from '../terminal/commandLine';
import { printable } from './output';

/** What to print of the error that ended the command; never the key, whoever repeated it. */
export function explained(error: unknown, help: string, key: string | undefined): string {
  const more =
    error instanceof ProblemError ? particulars(error) : error instanceof ConnectionError ? whatNow(error) : [];
  const text = [complaint(error, help), ...more].join('\n');
  return key === undefined || key === '' ? text : text.replaceAll(key, '[key]');
}

/** Whoever has lost an answer must not send the same under another key. */
function whatNow({ idempotencyKey }: ConnectionError): string[] {
  if (idempotencyKey === null) return [];
  return [
    'It is not known whether it was sent. The same command with this behind it sends to nobody twice:',
    `  --idempotency-key ${idempotencyKey}`,
  ];
}

function particulars({ errors, errorCount, code, status, requestId }: ProblemError): string[] {
  return [
    ...errors.map(({ path, msg }) => `  ${printable(path)}: ${printable(msg)}`),
    ...(errorCount > errors.length ? [`  … and ${errorCount - errors.length} more`] : []),
    `  (${code}, HTTP ${status}${requestId === null ? '' : `, request ${printable(requestId)}`})`,
  ];
}
