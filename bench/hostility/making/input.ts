/** How an input came about: as described, with something in it changed, or as bytes that no HTTP client would write. */
export const KINDS = ['described', 'changed', 'raw'] as const;
export type Kind = (typeof KINDS)[number];

/** Bytes that go out together, so long after those before them. */
export type Piece = { readonly bytes: Buffer; readonly afterMs: number };

/** One thing that is sent to the service, on a connection of its own. */
export type Input = {
  readonly kind: Kind;
  /** What was done to it, for people. */
  readonly note: string;
  readonly pieces: readonly Piece[];
  /** What is asked for, where the bytes are a whole request; null where an answer need not come. */
  readonly asked: { readonly method: string; readonly url: string } | null;
  /** The operation of the description that it was made for. */
  readonly operationId: string;
};
