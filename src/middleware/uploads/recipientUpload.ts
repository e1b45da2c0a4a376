import type { Readable } from 'node:stream';
import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import { RecipientIntake, type IntakeOptions } from '../../domain/lists/recipientList';
import type { FileReading } from '../../services/files/numberFile';
import type { ReadList } from '../bodies/fields/readLists';
import type { FileHash } from '../bodies/submittedHash';
import { LongWork } from '../bodies/longWork';

export type UploadOptions = IntakeOptions & {
  /** Above this the file is refused. */
  readonly maxRecipients: number;
  /** Told of every entry, as it was submitted. */
  readonly onEntry?: (entry: string) => void;
};

/**
 * Checks the numbers of a file while they are read, in memory that does not grow with the file but for what is kept of
 * each number (25 bytes).
 *
 * @throws ServiceError `invalid_request` where the file is broken or holds too many numbers
 */
export async function takeIn(reading: FileReading, options: UploadOptions): Promise<ReadList> {
  const intake = new RecipientIntake({ ...options, expected: Math.min(options.expected, options.maxRecipients) });
  const work = new LongWork();
  for await (const entries of reading.entries) {
    for (const { value, line, values } of entries) {
      if (work.isLong()) await work.pause();
      intake.add(value, line, values);
      options.onEntry?.(value);
    }
    if (intake.submitted > options.maxRecipients) throw tooMany(options.maxRecipients);
  }
  return { recipients: intake.result(), source: reading.source(), names: reading.names(), intake };
}

/** What a file holds, or why it cannot be read. */
export type TakenIn =
  { readonly list: ReadList; readonly fault: null } | { readonly list: null; readonly fault: unknown };

/**
 * As `takeIn`, hashing the bytes as they pass. After a fault the rest is read too, for the hash alone: whether the file is
 * that of an earlier request comes before what is wrong with it now.
 */
export async function takeInHashed(
  source: Readable,
  read: (source: AsyncIterable<Buffer>) => FileReading,
  options: UploadOptions,
  hash: FileHash,
): Promise<TakenIn> {
  try {
    return { list: await takeIn(read(hashed(source, hash)), options), fault: null };
  } catch (fault) {
    await readOn(source, hash);
    return { list: null, fault };
  }
}

/** Bytes behind a fault: a gigabyte is more than ten million lines of a usual list. */
const MOST_BEHIND_A_FAULT = 1024 ** 3;

async function readOn(source: Readable, hash: FileHash): Promise<void> {
  let read = 0;
  for await (const bytes of hashed(source, hash)) {
    read += bytes.length;
    if (read > MOST_BEHIND_A_FAULT) {
      hash.spoil();
      return;
    }
  }
}

/** Whoever ends early leaves the source open for the next one. */
async function* hashed(source: Readable, hash: FileHash): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    yield bytes;
  }
}

function tooMany(max: number): ServiceError {
  const msg = `must hold at most ${max} numbers, and holds more; send it in parts`;
  return new ServiceError('invalid_request', `The file ${msg}. Nothing was done.`, {
    errors: [{ path: 'recipients', msg }],
    errorCount: 1,
  });
}

/** What a body that breaks off is reported as. */
export const endedEarly = (): ServiceError =>
  new ServiceError('invalid_request', 'The request ended before its body was complete. Nothing was done.');

/** Runs `work` on a request's body; one that breaks off is told apart from one that is broken. */
export async function whileComing<T>(req: Request, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    if (req.destroyed && !req.complete) throw endedEarly();
    return result;
  } catch (error) {
    // A request that was read to its end is destroyed too.
    throw req.destroyed && !req.complete ? endedEarly() : error;
  }
}
