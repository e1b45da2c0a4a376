import { SAXParser } from 'sax';
import { fileFault } from './fileFault';
import { DAMAGED } from './zipParts';

/** What a part of a workbook tells as it is read; names of tags without their prefixes. */
export type TagReader = {
  readonly onOpen?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly onClose?: (name: string) => void;
  readonly onText?: (text: string) => void;
};

/**
 * Reads XML as it comes, yielding after each chunk. Entities that a document declares itself are not known, so that none
 * grows to gigabytes.
 *
 * @throws ServiceError `invalid_request` where it is not well-formed
 */
export async function* readTags<R extends TagReader>(chunks: AsyncIterable<Buffer>, reader: R): AsyncGenerator<R> {
  const parser = new SAXParser(true, { trim: false, normalize: false, position: false });
  const decoder = new TextDecoder();
  parser.onerror = (error) => {
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => reader.onOpen?.(localName(name), attributes as Record<string, string>);
  parser.onclosetag = (name) => reader.onClose?.(localName(name));
  parser.ontext = (text) => reader.onText?.(text);
  parser.oncdata = (text) => reader.onText?.(text);
  const write = (text: string) => {
    try {
      parser.write(text);
    } catch {
      throw fileFault(DAMAGED);
    }
  };
  for await (const chunk of chunks) {
    write(decoder.decode(chunk, { stream: true }));
    yield reader;
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** For parts that are dealt with tag by tag. */
export async function readAllTags(chunks: AsyncIterable<Buffer>, reader: TagReader): Promise<void> {
  const reading = readTags(chunks, reader);
  while ((await reading.next()).done !== true);
}

/** Of an attribute, whatever its prefix. */
export function attributeOf(attributes: Readonly<Record<string, string>>, name: string): string | null {
  for (const [key, value] of Object.entries(attributes)) if (localName(key) === name) return value;
  return null;
}
