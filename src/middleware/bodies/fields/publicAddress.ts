import { BlockList, isIP } from 'node:net';

const LONGEST_ADDRESS = 2000;

/** Networks that lead nowhere from outside, or inside (RFC 6890 and the registries that it begins). */
const NOT_PUBLIC: readonly (readonly [network: string, bits: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  // All but global unicast; of that, what holds an IPv4 address or is for documents. Mapped addresses are held to the above.
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 16, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
];
const blocked = new BlockList();
for (const [network, bits, family] of NOT_PUBLIC) blocked.addSubnet(network, bits, family);

const INNER_NAME = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa|localdomain|intranet)$/;

/**
 * Why nobody outside can fetch anything from an address, worded to follow it; null for a public one. What a name stands for
 * is not looked up: it may be another by the time that it is fetched.
 */
export function publicAddressProblem(address: unknown): string | null {
  if (typeof address !== 'string' || address.length > LONGEST_ADDRESS) return 'is no https address';
  if (/[\s\p{Z}\p{Cc}\\]/u.test(address)) return 'holds a blank or backslash; write it as "%20" or "%5C"';
  if (!URL.canParse(address)) return 'is no https address';
  const { protocol, username, password, hostname } = new URL(address);
  if (protocol !== 'https:' || !/^https:\/\/[^/]/i.test(address)) return 'is no https address';
  if (username !== '' || password !== '' || /^[^/]*\/\/[^/?#]*@/.test(address)) return 'holds a name or password';
  return isPublicHost(hostname.replace(/\.$/, '')) ? null : 'leads to no public host';
}

/** As the URL parser writes it, whatever spelling an IPv4 address had. */
function isPublicHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  const version = isIP(bare);
  if (version !== 0) return !blocked.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  return host.includes('.') && !INNER_NAME.test(host);
}
