const READ_BYTES = 65_536;
const GZIP = [0x1f, 0x8b];

/** The beginning of a text file, whether it is packed or not, in the charset that its bytes tell. */
export async function beginningOf(file: File): Promise<string> {
  const first = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = GZIP.every((byte, place) => first[place] === byte);
  const bytes = isPacked
    ? await upTo(READ_BYTES, file.stream().pipeThrough(new DecompressionStream('gzip')))
    : new Uint8Array(await file.slice(0, READ_BYTES).arrayBuffer());
  return decoded(bytes);
}

async function upTo(most: number, stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < most) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  await reader.cancel();
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

function decoded(bytes: Uint8Array): string {
  const charset = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8';
  try {
    // The last character may have been cut through.
    return new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
