/** Where Plivo posts what people write, below the public address. */
export const inboundPathOf = (token: string | null): string =>
  `/webhooks/plivo/inbound${token === null ? '' : `/${token}`}`;

/** What to give Plivo as the message URL of the application; null without a public address. */
export const inboundUrlOf = (publicUrl: string | null, token: string | null): string | null =>
  publicUrl === null ? null : `${publicUrl}${inboundPathOf(token)}`;
