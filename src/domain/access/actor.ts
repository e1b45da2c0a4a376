/** Who does something, and from where, as it is written down of what they change. */
export type Actor = {
  readonly id: string | null;
  readonly name: string | null;
  /** The address that the request came from; null for commands. */
  readonly address: string | null;
  readonly requestId: string | null;
};
