import type { ErrorCode } from '../errors';

/** What a type of problem is called, when it comes, and what its receiver does about it. */
export type Problem = { readonly title: string; readonly when: string; readonly remedy: string };

/** The last three are answered where no route is reached. */
export type ProblemCode = ErrorCode | 'internal_error' | 'too_slow' | 'headers_too_large';

/** Every type of problem (RFC 9457); `/docs/problems/{code}` shows it. */
export const PROBLEMS: Readonly<Record<ProblemCode, Problem>> = {
  invalid_request: {
    title: 'The request is not valid',
    when: 'A field, parameter, header or body is missing, misspelled or not as it must be. Nothing was done.',
    remedy:
      'Read `detail` and `errors`: each of the latter names a place and what to change there. At most a hundred are listed; `errorCount` is the true number. With `"invalidRecipients": "skip"` the other recipients of a broadcast go.',
  },
  unauthenticated: {
    title: 'A key is needed',
    when: 'The request has no key.',
    remedy: 'Send `x-api-key: KEY` or `Authorization: Bearer KEY`.',
  },
  invalid_token: {
    title: 'The token is not good',
    when: 'A bearer token (JWT) has expired, is for somebody else, or is not signed by the issuer that the service trusts.',
    remedy:
      'Log in anew. If new tokens are refused too, compare their `iss` and `aud` with `JWT_ISSUER` and `JWT_AUDIENCE`.',
  },
  missing_scope: {
    title: 'The key lacks the scope',
    when: 'The key is good, but may not do this.',
    remedy: 'Use a key with the scope that `detail` names, or ask whoever manages keys for one.',
  },
  own_broadcast: {
    title: 'Somebody else has to decide',
    when: 'The key that made a broadcast cannot approve or reject it.',
    remedy: 'Have it looked at by somebody with another key that has the scope `approve`.',
  },
  other_digest: {
    title: 'The digest is of something else',
    when: 'What was to be approved is not what was accepted. Nothing was approved.',
    remedy: 'Read the broadcast, look at it again, and approve with the digest under `approval`.',
  },
  daily_limit: {
    title: 'The key has texted enough people today',
    when: 'The broadcast would bring the key above its `dailyRecipients`. Nothing was sent.',
    remedy: 'Wait for as long as `Retry-After` says, send to fewer people, or have the limit raised.',
  },
  token_keys_unavailable: {
    title: 'Tokens cannot be checked',
    when: 'The keys of the issuer at `JWT_JWKS_URL` cannot be read at present.',
    remedy: 'Try again after `Retry-After`, or use a key of the service.',
  },
  wrong_key: {
    title: 'The key may not do this',
    when: 'The key is not known to the service, is no longer valid, or is not allowed to do what was asked for.',
    remedy: 'Check the key for missing characters, and ask whoever runs the service for one that may.',
  },
  bad_signature: {
    title: 'The signature does not fit',
    when: 'A request to `/webhooks/plivo` is not signed, or not with the auth token of the account. Nothing was changed.',
    remedy:
      'Check `PLIVO_AUTH_TOKEN` and `PUBLIC_URL`: the signature covers the address as Plivo calls it, so a proxy must pass on host, path and query as they are.',
  },
  not_found: {
    title: 'There is no such thing',
    when: 'The path, the broadcast, the number, the list or the key does not exist, or is not yours to see.',
    remedy: 'Check the address. What was removed by `RETENTION_DAYS` is gone.',
  },
  method_not_allowed: {
    title: 'The path does not take this method',
    when: 'The path exists with other methods.',
    remedy: 'Use one that the `Allow` header names.',
  },
  over_limit: {
    title: 'More than is allowed',
    when: 'What was asked for is beyond a limit that whoever runs the service has set, such as the most segments or the most it may cost. Nothing was sent.',
    remedy: 'Shorten the text, send to fewer people, or have the limit raised; `detail` names it.',
  },
  conflict: {
    title: 'The state does not allow it',
    when: 'What was asked for does not fit what is there now: a broadcast that has ended cannot be paused. Nothing was changed.',
    remedy: 'Read the state again; `detail` says what is in the way.',
  },
  in_progress: {
    title: 'The first request is still being answered',
    when: 'Another request with the same `Idempotency-Key` is under way.',
    remedy: 'Wait for as long as `Retry-After` says, and send the same request with the same key again.',
  },
  insufficient_balance: {
    title: 'The account cannot pay for it',
    when: 'The broadcast costs more than the Plivo account has. Nothing was sent.',
    remedy: 'Pay in, or send it with `"ignoreBalance": true`; what cannot be paid for then waits.',
  },
  preview_outdated: {
    title: 'Something changed since the preview',
    when: 'The digest is not that of what would be sent now. Nothing was sent.',
    remedy: 'Ask for a new preview, look at it, and send with its digest.',
  },
  too_large: {
    title: 'Too large',
    when: 'The body, the list or the form is larger than is taken. Nothing was done.',
    remedy:
      'Send long lists as `text/csv` or `application/x-ndjson`, or in several broadcasts. `BODY_LIMIT` and `MAX_RECIPIENTS` are the limits.',
  },
  unsupported_content_type: {
    title: 'The body is of another type than is taken',
    when: 'The `Content-Type`, charset or `Content-Encoding` is not one of those that the path takes.',
    remedy: 'Send one of those that `detail` names.',
  },
  key_reused: {
    title: 'The Idempotency-Key was used for something else',
    when: 'The same `Idempotency-Key` came before with another request. Nothing was done.',
    remedy: 'Use a new key for each new request, and the same one only to repeat the same request.',
  },
  rate_limited: {
    title: 'Too many requests',
    when: 'The key, or the address, has asked more often than is allowed.',
    remedy: 'Wait for as long as `Retry-After` says. `RateLimit` tells what is left.',
  },
  plivo_refused_message: {
    title: 'Plivo refused the message',
    when: 'The broadcast was one call to Plivo, and Plivo refused it for good. Nobody was texted, and nobody will be by this broadcast.',
    remedy: 'Read what Plivo said in `detail`, change sender, text or numbers, and send a new broadcast.',
  },
  plivo_no_credit: {
    title: 'The Plivo account has no credit',
    when: 'The broadcast was one call to Plivo, and the account cannot pay. Nobody was texted.',
    remedy: 'Pay in, and send it again; the same `Idempotency-Key` may be used.',
  },
  plivo_refused_account: {
    title: 'Plivo refused the account',
    when: 'Plivo does not take the credentials of the service, or the account may not do this. Nobody was texted.',
    remedy: 'Check `PLIVO_AUTH_ID`, `PLIVO_AUTH_TOKEN`, the sender and the state of the account.',
  },
  plivo_unavailable: {
    title: 'Plivo cannot be reached',
    when: 'The broadcast was one call to Plivo, and all tries failed for reasons of the line. Nobody was texted.',
    remedy: 'Send it again after `Retry-After`, with the same `Idempotency-Key`.',
  },
  storage_unavailable: {
    title: 'The database cannot be reached',
    when: 'The service cannot read or write at present. Nothing was changed.',
    remedy:
      'Try again after `Retry-After`, with the same `Idempotency-Key`; `GET /health/ready` tells when it is back.',
  },
  too_slow: {
    title: 'The request came in too slowly',
    when: 'A body came at less than a kilobyte a second, or headers took too long. Nothing was done.',
    remedy:
      'Send it again over a better line, with the same `Idempotency-Key`. A proxy should not hand on bodies by the byte.',
  },
  headers_too_large: {
    title: 'Address and headers are too large',
    when: 'The first lines of the request have more than 16 kB.',
    remedy: 'Leave out cookies and headers that nobody needs here, and put what is long into the body.',
  },
  overloaded: {
    title: 'Too much at once',
    when: 'The service is busy with as much as it can do. Nothing was done.',
    remedy: 'Try again after `Retry-After`.',
  },
  internal_error: {
    title: 'Something went wrong on our side',
    when: 'A fault of the service. Of a broadcast that was answered so, nobody was and nobody will be texted.',
    remedy:
      'Report it with the `requestId`, under which the log has more; then try again with the same `Idempotency-Key`.',
  },
};

/** The address of a problem's page, which names its type. */
export const problemType = (code: ProblemCode): string => `/docs/problems/${code}`;
