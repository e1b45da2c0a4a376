import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { OPERATOR_NAME, type Caller } from '../../domain/access/caller';
import { scopesAmong, type Scope } from '../../domain/access/scopes';
import { ServiceError } from '../../domain/errors';

export type TokenSettings = {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes the keys that it signs with. */
  readonly jwksUrl: string;
};

export type Tokens = {
  /**
   * Whose token it is; null for what is no token at all.
   *
   * @throws ServiceError `invalid_token`; `token_keys_unavailable` where nobody can tell, as the issuer's keys cannot be had
   */
  callerOf(presented: string): Promise<Caller | null>;
};

/** Public keys only: with HS256 among them, whoever has the published key could sign; with `none`, anybody. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCKS_DIFFER_S = 30;
const PATIENCE_MS = 5000;
/** A key that the issuer has taken back is trusted for so long. */
const KEYS_KEPT_MS = 600_000;
/** Tokens that name keys which there are not have the keys read anew so often, and no more. */
const LOOK_AGAIN_MS = 10_000;
const RETRY_AFTER_S = 5;

const FORM = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Tokens (JWT) of one issuer. A key that the issuer signs with from now on is found when the first token names it. */
export function createTokens({ issuer, audience, jwksUrl }: TokenSettings): Tokens {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: PATIENCE_MS,
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: LOOK_AGAIN_MS,
  });
  const rules = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCKS_DIFFER_S,
    requiredClaims: ['sub', 'exp'],
  };
  return {
    async callerOf(presented) {
      if (!FORM.test(presented)) return null;
      try {
        return callerIn((await jwtVerify(presented, keys, rules)).payload);
      } catch (error) {
        throw error instanceof ServiceError ? error : refusalFor(error);
      }
    },
  };
}

/** What the token itself is to blame for; the rest is the way to the issuer's keys, or what is there. */
const OF_THE_TOKEN = new Set([
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_EXPIRED',
  'ERR_JWT_INVALID',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
]);

function refusalFor(error: unknown): ServiceError {
  const code = error instanceof errors.JOSEError ? error.code : '';
  if (code === 'ERR_JWT_EXPIRED') return invalidToken('has expired');
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return invalidToken(`is not for here: look at ${claimOf(error)}`);
  if (OF_THE_TOKEN.has(code)) return invalidToken('is not signed as it has to be');
  return new ServiceError(
    'token_keys_unavailable',
    'The keys that tokens are signed with cannot be read at present, so that nobody can tell whether this one is good.',
    { retryAfterSeconds: RETRY_AFTER_S },
    error,
  );
}

const claimOf = (error: unknown): string =>
  error instanceof errors.JWTClaimValidationFailed && /^\w{1,20}$/.test(error.claim)
    ? `"${error.claim}"`
    : 'its claims';

const invalidToken = (why: string) => new ServiceError('invalid_token', `The token ${why}. Get a new one.`);

const LONGEST_SUBJECT = 255;

/** @throws ServiceError `invalid_token` */
function callerIn(payload: JWTPayload): Caller {
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUBJECT || sub === OPERATOR_NAME)
    throw invalidToken('has no usable "sub"');
  return { id: `jwt:${sub}`, name: sub, scopes: scopesIn(payload), ownOnly: false, dailyRecipients: null };
}

/**
 * The first claim that names scopes of ours decides: issuers that put all a person may do into `permissions` write into
 * `scope` what this token was asked for, which may be less.
 */
function scopesIn(payload: JWTPayload): readonly Scope[] {
  for (const claim of ['scope', 'scp', 'permissions']) {
    const scopes = scopesAmong(wordsIn(payload[claim]));
    if (scopes.length > 0) return scopes;
  }
  return [];
}

/** One text with blanks between, or a list: issuers differ. */
function wordsIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((word): word is string => typeof word === 'string') : [];
}
