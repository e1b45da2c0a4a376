import type { Env } from './env';

/** What is allowed and not wise, one sentence each: said at the start. */
export function gapsIn(env: Env): string[] {
  const gaps: [isOpen: boolean, sentence: string][] = [
    [
      env.API_KEY === undefined && env.JWT_ISSUER === undefined,
      'API_KEY is not set: everybody who reaches this port can send texts',
    ],
    [
      env.TRUST_PROXY === true,
      'TRUST_PROXY=true believes whatever address a caller claims: limits count by connection; set it to the number of proxies in between',
    ],
    [
      isReadOnTheWay(new URL(env.PLIVO_API_URL)),
      'PLIVO_API_URL is plain http to another machine: whoever is in between reads the credentials',
    ],
    [env.PUBLIC_URL === undefined, 'PUBLIC_URL is not set: Plivo is not asked for delivery reports'],
  ];
  return gaps.filter(([isOpen]) => isOpen).map(([, sentence]) => sentence);
}

const isReadOnTheWay = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !/^(127\.[\d.]+|localhost|\[::1\])$/.test(hostname);
