/** Nothing was written; the message says why, and what to do about it. */
export class PricesError extends Error {
  constructor(
    message: string,
    /** 1: the configuration or the file; 2: Plivo could not be asked. */
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}
