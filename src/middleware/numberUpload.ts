import type { Readable } from 'node:stream';
import type { Request } from 'express';
import { ServiceError } from '../domain/errors';
import { NumberSet } from '../domain/numberSet';
import type { NumberCheck } from '../domain/phoneNumber';
import type { NumberEntry } from '../services/numberFile';

export type NumberUploadOptions = {
  readonly readNumbers: (source: Readable) => AsyncIterable<readonly NumberEntry[]>;
  readonly checkNumber: NumberCheck;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxNumbers: number;
};

/** Numbers that were uploaded: valid ones once each, and what was wrong with the others. */
export type NumberUpload = {
  readonly submitted: number;
  readonly valid: readonly string[];
  readonly duplicates: number;
  /** At most 100, the first ones. */
  readonly invalid: readonly { readonly line: number; readonly value: string; readonly reason: string }[];
  readonly invalidCount: number;
};

const MOST_SHOWN = 100;
const SHOWN_LENGTH = 64;

/**
 * Reads the numbers of a `text/csv` body as it comes in, each once.
 *
 * @throws ServiceError `unsupported_content_type` (415), `invalid_request` where the file is broken or empty, `too_large`
 */
export function numberUpload(options: NumberUploadOptions): (req: Request) => Promise<NumberUpload> {
  return async (req) => {
    onlyCsv(req);
    const list = new UploadedNumbers(options);
    try {
      for await (const entries of options.readNumbers(req)) for (const entry of entries) list.add(entry);
    } catch (error) {
      throw req.readableAborted ? endedEarly() : error;
    }
    if (!req.complete) throw endedEarly();
    return list.result();
  };
}

class UploadedNumbers {
  readonly #options: NumberUploadOptions;
  readonly #seen: NumberSet;
  readonly #valid: string[] = [];
  readonly #invalid: { line: number; value: string; reason: string }[] = [];
  #submitted = 0;
  #invalidCount = 0;

  constructor(options: NumberUploadOptions) {
    this.#options = options;
    this.#seen = new NumberSet({ seed: options.hashSeed });
  }

  add({ value, line }: NumberEntry): void {
    const { maxNumbers, checkNumber } = this.#options;
    if (++this.#submitted > maxNumbers) {
      throw new ServiceError('too_large', `The file has more than ${maxNumbers} numbers. Send it in parts.`);
    }
    const reason = checkNumber(value);
    if (reason === null) {
      if (this.#seen.add(value)) this.#valid.push(value);
      return;
    }
    this.#invalidCount++;
    if (this.#invalid.length < MOST_SHOWN) this.#invalid.push({ line, value: value.slice(0, SHOWN_LENGTH), reason });
  }

  result(): NumberUpload {
    if (this.#submitted === 0) throw new ServiceError('invalid_request', 'The file has no numbers.');
    return {
      submitted: this.#submitted,
      valid: this.#valid,
      duplicates: this.#submitted - this.#valid.length - this.#invalidCount,
      invalid: this.#invalid,
      invalidCount: this.#invalidCount,
    };
  }
}

const endedEarly = () => new ServiceError('invalid_request', 'The request ended before its body was complete.');

function onlyCsv(req: Request): void {
  const encoding = req.get('content-encoding') ?? 'identity';
  if (req.is('text/csv') !== false && req.is('text/csv') !== null && encoding === 'identity') return;
  throw new ServiceError(
    'unsupported_content_type',
    'Send the file as CSV, not compressed, with the header "Content-Type: text/csv".',
  );
}
