import { green, red, skipped, unknown, type Check } from '../check';
import type { InboundAddress, ReachFacts, SignatureFacts } from '../facts';

const INBOUND = 'inbound address';
const REACH = 'public address';
const SIGNATURES = 'signatures';

export function judgeInbound(inbound: InboundAddress): Check {
  if (inbound.kind === 'known') return green(INBOUND, inbound.urls[0] ?? '');
  return inbound.kind === 'noPublicUrl'
    ? skipped(INBOUND, 'PUBLIC_URL is unset')
    : skipped(INBOUND, 'its last segment is made by the first start of the service');
}

/** `/health/` may be closed from outside, where only webhooks are let through: then these tell. */
export function judgeReach(reach: ReachFacts | null, signatures: SignatureFacts | null): Check {
  if (reach === null)
    return skipped(
      REACH,
      'PUBLIC_URL is unset: no delivery reports are asked for, and nobody here hears STOP',
      'Set PUBLIC_URL to the https address at which Plivo reaches the service.',
    );
  const { url, live, privateAddress, isPlivoPrivate } = reach;
  if (privateAddress !== null && !isPlivoPrivate)
    return red(
      REACH,
      `${url} leads to ${privateAddress}, which is of this network only: Plivo cannot reach it`,
      'Set PUBLIC_URL to an address of the internet. (Where only names inside this network are answered so, ask from outside.)',
    );
  if (live.kind === 'silent')
    return red(
      REACH,
      `${url} cannot be reached from here: ${live.why}`,
      'Start the service, and check the name, the certificate and the proxy before it.',
    );
  if (live.isLive) return green(REACH, `${url} answers`);
  if (signatures !== null && isNamingNoBatch(signatures))
    return green(REACH, `${url} answers; /health/live is closed there (${live.status}), webhooks are not`);
  if (live.location !== null && live.status >= 300 && live.status < 400)
    return red(
      REACH,
      `${url} redirects to ${placeOf(live.location, url)}; Plivo's calls are signed for the address that it was given`,
      'Set PUBLIC_URL to where it redirects to.',
    );
  return red(
    REACH,
    `${url}/health/live answers ${live.status}, and not as this service does`,
    'Check PUBLIC_URL, and that the proxy before the service passes /webhooks/ on to it.',
  );
}

const placeOf = (location: string, base: string): string =>
  URL.canParse(location, base) ? new URL(location, base).origin : 'another address';

/** The signature was good, as the service looked for the batch. */
const isNamingNoBatch = ({ signed }: SignatureFacts): boolean =>
  signed.kind === 'answered' && signed.status === 404 && signed.problem === 'not_found';

export function judgeSignatures(facts: SignatureFacts | null): Check {
  if (facts === null) return skipped(SIGNATURES, 'PUBLIC_URL is unset');
  const { signed, forged } = facts;
  if (signed.kind === 'silent' || forged.kind === 'silent')
    return unknown(SIGNATURES, 'could not be tried: no answer at PUBLIC_URL', 'See the line before.');
  if (signed.problem === 'bad_signature')
    return red(
      SIGNATURES,
      'a delivery report signed as Plivo does is refused: all reports and replies are lost',
      'Give the running service the same PLIVO_AUTH_TOKEN and PUBLIC_URL as this command; let the proxy pass path, query and body on as they are.',
    );
  if (!isNamingNoBatch(facts))
    return red(
      SIGNATURES,
      `a signed delivery report is answered ${signed.status}, and not as this service does`,
      'Check that the proxy before the service passes POST /webhooks/ on to it, and see its log.',
    );
  if (forged.status !== 403 || forged.problem !== 'bad_signature')
    return red(
      SIGNATURES,
      `a wrong signature is answered ${forged.status} instead of being refused`,
      'Something before the service signs or answers for it: let only its own answers through.',
    );
  return green(SIGNATURES, 'a signed delivery report is taken, one with a wrong signature is refused');
}
