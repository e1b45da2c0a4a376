import { startCuttingProxy, type CuttingProxy } from './cuttingProxy';

/** A way to the server of an address, and the address by which it is taken. */
export type Detour = { readonly url: string; readonly proxy: CuttingProxy };

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'postgres:': 5432, 'postgresql:': 5432 };

/** Null where the address does not name a host and a port, such as that of a local socket. */
export async function startDetour(address: string): Promise<Detour | null> {
  const url = new URL(address);
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  if (url.hostname === '' || port === undefined || url.searchParams.has('host')) return null;
  // An IPv6 address stands in brackets.
  const proxy = await startCuttingProxy({ host: url.hostname.replace(/^\[|\]$/g, ''), port });
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { url: url.href.replace(/\/$/, ''), proxy };
}
