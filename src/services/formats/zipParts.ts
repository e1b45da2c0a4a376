import { setImmediate as nextTurn } from 'node:timers/promises';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { ServiceError } from '../../domain/errors';
import { fileFault } from './fileFault';

export const DAMAGED = 'is a workbook that cannot be read; open and save it again, or save the list as "CSV UTF-8"';

/** The parts of a zip file by their names, told apart without case: some programs write `xl/SharedStrings.xml`. */
export type ZipParts = {
  readonly names: readonly string[];
  /** Null where there is no such part. May be read again. */
  read(name: string): AsyncGenerator<Buffer> | null;
  close(): void;
};

/**
 * All that is unpacked of a file, which is read as it is unpacked: sheets shrink to a tenth or a thirtieth, what is made to do
 * harm to a thousandth. Of 600 kB that hold 600 MB, 46 MB are read before it is refused.
 */
const MOST_UNPACKED = 1024 * 1024 ** 2;
const SMALL_ENOUGH = 16 * 1024 ** 2;
const MOST_TIMES = 50;
/** Read in one go: 3 ms where there is a tag in every six bytes, the most that there can be. */
const SLICE_BYTES = 8 * 1024;
const LONGEST_TURN_MS = 5;
const MOST_PARTS = 5000;

/**
 * Opens a zip file that is held in memory. Nothing is unpacked but what is read, and of all parts together only so much: a
 * file of a few kilobytes may hold gigabytes.
 *
 * @throws ServiceError `invalid_request` where it is broken, here and as it is read
 */
export async function openZipParts(file: Buffer): Promise<ZipParts> {
  const zip = await openZip(file);
  const entries = await entriesOf(zip).catch((error: unknown) => {
    zip.close();
    throw error;
  });
  const budget = { left: Math.min(MOST_UNPACKED, SMALL_ENOUGH + file.length * MOST_TIMES) };
  return {
    names: Array.from(entries.values(), ({ fileName }) => fileName),
    read(name) {
      const entry = entries.get(name.toLowerCase());
      return entry === undefined ? null : chunksOf(zip, entry, budget);
    },
    close: () => zip.close(),
  };
}

function openZip(file: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(file, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(fileFault(DAMAGED));
    });
  });
}

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName.toLowerCase(), entry);
      if (entries.size > MOST_PARTS) reject(fileFault(DAMAGED));
      else zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', () => reject(fileFault(DAMAGED)));
    zip.readEntry();
  });
}

async function* chunksOf(zip: ZipFile, entry: Entry, budget: { left: number }): AsyncGenerator<Buffer> {
  if (entry.isEncrypted()) throw fileFault('is locked with a password; save it without one');
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(fileFault(DAMAGED))));
  });
  let turn = performance.now();
  try {
    for await (const chunk of stream) {
      budget.left -= chunk.length;
      if (budget.left < 0)
        throw fileFault('comes to far more than a list would when it is unpacked; save the list alone, as "CSV UTF-8"');
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        yield (chunk as Buffer).subarray(at, at + SLICE_BYTES);
        // A stream hands out what is unpacked already without letting others have their turn.
        if (performance.now() - turn > LONGEST_TURN_MS) {
          await nextTurn();
          turn = performance.now();
        }
      }
    }
  } catch (error) {
    // Of what yauzl and zlib say, nothing would help.
    throw error instanceof ServiceError ? error : fileFault(DAMAGED);
  }
}
