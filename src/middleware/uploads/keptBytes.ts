import { Readable } from 'node:stream';
import type { NumberSource } from '../../services/files/fileBytes';

/** What was read of a file, so that it can be read again; all of it while `isWhole`. */
export type KeptBytes = { pieces: Buffer[]; isWhole: boolean };

/** A list of a million with a name and a city. */
const MOST_BYTES = 64 * 1024 ** 2;

export const newKeptBytes = (): KeptBytes => ({ pieces: [], isWhole: true });

/** Hands the bytes on and keeps them, unless they are too many. */
export async function* keeping(source: NumberSource, kept: KeptBytes): AsyncGenerator<Buffer, void, undefined> {
  const chunks = source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
  let length = 0;
  for await (const chunk of chunks as NumberSource) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length <= MOST_BYTES) kept.pieces.push(bytes);
    else if (kept.isWhole) {
      kept.pieces = [];
      kept.isWhole = false;
    }
    yield bytes;
  }
}
