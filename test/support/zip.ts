import { crc32, createDeflateRaw } from 'node:zlib';

/** A part of a zip file; its bytes may come in pieces, so that a bomb need not be held in memory. */
export type ZipPart = { readonly name: string; readonly content: string | (() => Iterable<Buffer>) };

/** A zip file as programs write it (APPNOTE 6.3), all parts deflated; `saysBytes` is what a part lies about its size. */
export async function zipOf(parts: readonly ZipPart[], saysBytes?: number): Promise<Buffer> {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of parts) {
    const pieces = typeof content === 'string' ? [Buffer.from(content)] : content();
    const { packed, bytes, sum } = await deflated(pieces);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(sum, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(saysBytes ?? bytes, 18);
    common.writeUInt16LE(path.length, 22);
    local.push(Buffer.from('PK\u0003\u0004'), common, path, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, place, path);
    offset += 30 + path.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\u0005\u0006'), end]);
}

async function deflated(pieces: Iterable<Buffer>) {
  const deflate = createDeflateRaw({ level: 6 });
  const packed: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => packed.push(chunk));
  let [bytes, sum] = [0, 0];
  for (const piece of pieces) {
    bytes += piece.length;
    sum = crc32(piece, sum);
    if (!deflate.write(piece)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  await new Promise((resolve) => deflate.once('end', resolve).end());
  return { packed: Buffer.concat(packed), bytes, sum };
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const LINKS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook of one sheet, given as the XML inside of its `sheetData`, and of more parts where there are some. */
export const workbookOf = (rows: ZipPart['content'], more: readonly ZipPart[] = []): Promise<Buffer> =>
  zipOf([
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${MAIN}" xmlns:r="${LINKS}"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships><Relationship Id="r1" Type="${LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content:
        typeof rows === 'string'
          ? sheet(rows)
          : function* () {
              yield Buffer.from(`<worksheet xmlns="${MAIN}"><sheetData>`);
              yield* rows();
              yield Buffer.from('</sheetData></worksheet>');
            },
    },
    ...more,
  ]);

const sheet = (rows: string) => `<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`;
