import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { fileFault } from '../formats/fileFault';

/**
 * Bytes of a file, or its text. A `Readable` is not destroyed when reading ends early, as it may be a request that is
 * still to be answered; close it or `resume()` it.
 */
export type NumberSource = AsyncIterable<Buffer | string>;

/**
 * What is read between two turns of the event loop: 0.2 ms of plain lines, 0.4 ms of quoted cells, at worst (a record
 * for each byte, and csv-parse needed) 10 to 28 ms. Four times as much saved no time that could be measured.
 */
const SLICE_BYTES = 16 * 1024;
/** What a compressed file may come to: lists shrink to a fifth or a twentieth, files made to do harm to a thousandth. */
const MOST_UNPACKED = 512 * 1024 ** 2;
const SMALL_ENOUGH = 16 * 1024 ** 2;
const MOST_TIMES = 50;
/** So little is unpacked at once that what comes of it, at most 1,032 times as much, is no burden. */
const PACKED_SLICE = 4 * 1024;

/** Others get their turn after each slice even when the source hands out a whole file at once. */
export async function* slicesOf(source: NumberSource): AsyncGenerator<Buffer, void, undefined> {
  const chunks = source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
  for await (const chunk of chunks as NumberSource) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      if (at > 0) await nextTurn();
      yield bytes.subarray(at, at + SLICE_BYTES);
    }
  }
}

export type Begun = { readonly head: Buffer; readonly all: AsyncIterable<Buffer> };

/** The first bytes of a file, at least `length` where it has so many, and all of it. */
export async function begin(slices: AsyncGenerator<Buffer>, length: number): Promise<Begun> {
  const first: Buffer[] = [];
  let got = 0;
  while (got < length) {
    const next = await slices.next();
    if (next.done === true) break;
    first.push(next.value);
    got += next.value.length;
  }
  async function* all() {
    try {
      yield* first;
      yield* slices;
    } finally {
      await slices.return(undefined);
    }
  }
  return { head: Buffer.concat(first), all: all() };
}

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * Unpacks step by step: nothing is read ahead of the one who takes the bytes.
 *
 * @throws ServiceError `invalid_request` where it is not whole, or comes to too much
 */
export async function* gunzipped(slices: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip();
  const unpacked: Buffer[] = [];
  let failed = false;
  let [packed, total] = [0, 0];
  gunzip.on('data', (bytes: Buffer) => unpacked.push(bytes));
  gunzip.on('error', () => (failed = true));
  async function* taken() {
    if (failed) throw fileFault('is broken as gzip, or ends too early; compress it again, or send it as it is');
    for (const bytes of unpacked.splice(0)) {
      total += bytes.length;
      if (total > Math.min(MOST_UNPACKED, SMALL_ENOUGH + packed * MOST_TIMES))
        throw fileFault('comes to far more than a list would when it is unpacked; send it in parts, or not compressed');
      yield bytes;
      await nextTurn();
    }
  }
  try {
    for await (const slice of slices) {
      packed += slice.length;
      for (let at = 0; at < slice.length; at += PACKED_SLICE) {
        await step(gunzip, slice.subarray(at, at + PACKED_SLICE));
        yield* taken();
      }
    }
    await step(gunzip, null);
    yield* taken();
  } finally {
    gunzip.destroy();
  }
}

/** Null ends it. */
function step(gunzip: Gunzip, bytes: Buffer | null): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      gunzip.off('error', goOn).off('end', goOn);
      resolve();
    };
    gunzip.once('error', goOn);
    if (bytes === null) gunzip.once('end', goOn).end();
    else gunzip.write(bytes, goOn);
  });
}
