import type { Draft } from './draft';
import { createHash } from './hash';
import { fieldsOf } from './submission';

const known = new WeakMap<File, Promise<string>>();

/** The same for the same body to the letter, the bytes of the file included. */
export async function fingerprintOf(d: Draft, file: File | null, to?: string): Promise<string> {
  const source = file === null ? d.pasted : `${file.name} ${await hashOf(file)}`;
  const hash = createHash();
  hash.add(new TextEncoder().encode(JSON.stringify([fieldsOf(d), d.column, file !== null, source, to ?? null])));
  return hash.digest();
}

/** A file is read for it once, however often the text changes. */
function hashOf(file: File): Promise<string> {
  const found = known.get(file) ?? read(file);
  known.set(file, found);
  return found;
}

async function read(file: File): Promise<string> {
  const hash = createHash();
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) hash.add(part.value);
  return `${file.size} ${hash.digest()}`;
}
