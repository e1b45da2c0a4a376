const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;
/** More than a person waits for is not read: the service reads it all the same. */
const MOST_BYTES = 20_000_000;

/** By the name of each file in the zip, how to read it. */
export async function entriesOf(file: File): Promise<Map<string, () => Promise<string>>> {
  const found = new Map<string, () => Promise<string>>();
  if (file.size > MOST_BYTES) return found;
  const bytes = await file.arrayBuffer();
  const view = new DataView(bytes);
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < 0) return found;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const method = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 20, true);
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(new Uint8Array(bytes, at + 46, nameSize));
    found.set(name, async () => {
      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const part = new Blob([bytes.slice(from, from + size)]);
      if (method !== DEFLATED) return await part.text();
      return await new Response(part.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
    });
    at += 46 + nameSize + extraSize + commentSize;
  }
  return found;
}
