import { ServiceError } from '../../domain/errors';

const LONGEST_REASON = 200;

/**
 * The digest of what somebody approves.
 *
 * @throws ServiceError `invalid_request`
 */
export const approvedDigestOf = (body: unknown): string =>
  onlyField(
    body,
    'digest',
    (value) => /^.{1,200}$/.test(value),
    'must be the digest of the approval, as the broadcast shows it',
  );

/**
 * Why somebody rejects a broadcast.
 *
 * @throws ServiceError `invalid_request`
 */
export const rejectionOf = (body: unknown): string =>
  onlyField(
    body,
    'reason',
    (value) => value.trim() !== '' && value.length <= LONGEST_REASON && !/[\p{Cc}\p{Cs}\ufffd]/u.test(value),
    `must be a text of 1 to ${LONGEST_REASON} characters without control characters and U+FFFD`,
  );

function onlyField(body: unknown, name: string, isFit: (value: string) => boolean, msg: string): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError(
      'invalid_request',
      `The body must be a JSON object: { "${name}": "…" }. Nothing was decided.`,
    );
  const { [name]: value, ...others } = body as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw fault(unknown.slice(0, 64), `is not a known field; the only one is ${name}`);
  if (typeof value !== 'string' || !isFit(value)) throw fault(name, msg);
  return value;
}

const fault = (path: string, msg: string): ServiceError =>
  new ServiceError('invalid_request', `The field "${path}" ${msg}. Nothing was decided.`, {
    errors: [{ path, msg }],
    errorCount: 1,
  });
