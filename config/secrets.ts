import type { Env } from './env';

/** What of the configuration nobody may read in a log. */
export function secretsOf(env: Env): string[] {
  return [
    ...(env.API_KEY ?? []),
    ...(env.WEBHOOK_SECRET ?? []),
    ...inboundToken(env),
    ...(env.METRICS_TOKEN === undefined ? [] : [env.METRICS_TOKEN]),
    ...passwordIn(env.DATABASE_URL),
    env.PLIVO_AUTH_TOKEN,
    env.PLIVO_AUTH_ID,
  ];
}

const inboundToken = ({ INBOUND_TOKEN: token }: Env) => (token === undefined || token === 'none' ? [] : [token]);

/** As an address has it, and not alone: a short one may be any word. */
function passwordIn(databaseUrl: string): string[] {
  const patterns = [/^postgres(?:ql)?:\/\/[^/:@]*(:[^/]+@)/, /^postgres.*[?&](password=[^&]+)/];
  return patterns.flatMap((pattern) => pattern.exec(databaseUrl)?.[1] ?? []);
}
