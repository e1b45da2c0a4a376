import { ServiceError, type FieldError } from '../../domain/errors';
import type { RetryRequest } from '../../services/retrying/retryService';

const STATUSES = ['undelivered', 'failed'] as const satisfies RetryRequest['statuses'];
const MOST_CODES = 100;
const CODE = /^[\w.-]{1,64}$/;

/**
 * Who is to be texted anew, by a body as it came in; none at all asks for everybody who failed.
 *
 * @throws ServiceError `invalid_request` naming every fault
 */
export function retryWishOf(body: unknown): RetryRequest {
  const fields = body ?? {};
  if (typeof fields !== 'object' || Array.isArray(fields))
    throw new ServiceError(
      'invalid_request',
      'The body must be a JSON object: { "statuses": ["undelivered", "failed"], "errorCodes": ["80"] }.',
    );
  const {
    statuses = null,
    errorCodes = null,
    ignoreBalance = null,
    ...others
  } = fields as Readonly<Record<string, unknown>>;
  const errors: FieldError[] = [
    ...Object.keys(others).map((name) => ({
      path: name.slice(0, 64),
      msg: 'is not a known field; use statuses, errorCodes and ignoreBalance',
    })),
    ...faultOf('statuses', statuses, isStatuses, `must be an array of ${STATUSES.join(' and ')}; nobody else failed`),
    ...faultOf('errorCodes', errorCodes, isCodes, `must be an array of 1 to ${MOST_CODES} codes such as "80"`),
    ...faultOf('ignoreBalance', ignoreBalance, (value) => typeof value === 'boolean', 'must be true or false'),
  ];
  const [first] = errors;
  if (first !== undefined)
    throw new ServiceError('invalid_request', `The field "${first.path}" ${first.msg}. Nothing was sent.`, {
      errors: errors.slice(0, MOST_CODES),
      errorCount: errors.length,
    });
  return {
    statuses: statuses === null ? STATUSES : [...new Set(statuses as RetryRequest['statuses'])],
    errorCodes: errorCodes as RetryRequest['errorCodes'],
    ...(ignoreBalance === true ? { ignoreBalance: true } : {}),
  };
}

const faultOf = (path: string, value: unknown, isFit: (value: unknown) => boolean, msg: string): FieldError[] =>
  value === null || isFit(value) ? [] : [{ path, msg }];

const isListOf = (value: unknown, most: number, isFit: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= most && value.every(isFit);

const isStatuses = (value: unknown) => isListOf(value, 10, (one) => STATUSES.some((status) => status === one));
const isCodes = (value: unknown) => isListOf(value, MOST_CODES, (one) => typeof one === 'string' && CODE.test(one));
