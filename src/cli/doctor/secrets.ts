import type { Env } from '../../../config/env';

const HIDDEN = '[hidden]';
/** Shorter ones are parts of ordinary words. */
const SHORTEST = 6;

/**
 * Takes out of words whatever of the configuration nobody else may know, however it came into them. The inbound address
 * stays whole: it is shown on purpose.
 */
export function withoutSecrets(env: Env): (words: string) => string {
  const secrets = [
    env.PLIVO_AUTH_TOKEN,
    env.PLIVO_AUTH_ID,
    ...(env.API_KEY ?? []),
    ...(env.WEBHOOK_SECRET ?? []),
    env.METRICS_TOKEN ?? '',
    ...passwordsIn(env.DATABASE_URL),
  ].filter((secret) => secret.length >= SHORTEST);
  return (words) => secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), words);
}

/** As it is written there, and as the server is told it. */
function passwordsIn(url: string): string[] {
  const { password } = URL.canParse(url) ? new URL(url) : { password: '' };
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
