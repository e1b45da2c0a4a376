/** Scheme, host and port of an address: who is asked there, whatever the path. What is no address stands for itself. */
export const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
