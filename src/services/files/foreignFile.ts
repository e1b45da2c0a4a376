import { fileFault } from './fileFault';

const SAVE_AS_CSV = 'open it and save the list as "CSV UTF-8"';

/** How files begin that people take for a list, and what to do with them. */
const FOREIGN: readonly (readonly [begins: RegExp, msg: string])[] = [
  [
    // eslint-disable-next-line no-control-regex -- the bytes of the format.
    /^\xd0\xcf\x11\xe0/,
    `is an old Excel file (.xls) or one with a password; ${SAVE_AS_CSV} or as .xlsx without a password`,
  ],
  [/^%PDF/, 'is a PDF, from which no list can be read; export the list as CSV from the program that it came from'],
  [/^\{\\rtf/, `is a text document (.rtf); ${SAVE_AS_CSV} from a spreadsheet program`],
  [
    /^\s*<(!doctype|html|table|head|body|meta)/i,
    `is a web page, as some programs export it under the name .xls; ${SAVE_AS_CSV}`,
  ],
  [/^\s*<\?xml/i, `is XML; ${SAVE_AS_CSV} or as .xlsx`],
  [/^\s*begin:vcard/i, 'holds contact cards (.vcf); export the contacts as CSV instead'],
  [
    /^(7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/,
    'is compressed in a way that is not read; unpack it, or use gzip',
  ],
  [/^(\x89PNG|\xff\xd8\xff|GIF8)/, 'is a picture; export the list as CSV'],
  [/^bplist/, `is a document of Apple's; ${SAVE_AS_CSV} (File, Export To, CSV)`],
];

/** @throws ServiceError `invalid_request` for a kind of file that is no list */
export function refuseForeign(head: Buffer): void {
  const beginning = head.toString('latin1', 0, 200).replace(/^\xef\xbb\xbf/, '');
  for (const [begins, msg] of FOREIGN) if (begins.test(beginning)) throw fileFault(msg);
}

/** JSON where rows were expected. */
export function refuseJson(head: Buffer): void {
  if (/^(\xef\xbb\xbf)?\s*[[{]/.test(head.toString('latin1', 0, 200)))
    throw fileFault(
      'looks like JSON; send JSON as application/json, one number or object to a line as application/x-ndjson',
    );
}

export const isZip = (head: Buffer): boolean => head.toString('latin1', 0, 4) === 'PK\x03\x04';

/** What else is packed as a workbook is, known by the names of its parts. */
const PACKED: readonly (readonly [part: RegExp, msg: string])[] = [
  [/^Index\/|\.iwa$|^Index\.zip$/, `is a Numbers document; export it as CSV (File, Export To, CSV)`],
  [/^word\//, `is a Word document; copy the list into a spreadsheet and ${SAVE_AS_CSV}`],
  [/^ppt\//, `is a presentation; ${SAVE_AS_CSV} from a spreadsheet`],
  [/^xl\/workbook\.bin$/, `is a binary workbook (.xlsb); save it as .xlsx or as "CSV UTF-8"`],
  [/^content\.xml$/, `is an OpenDocument file (.ods); ${SAVE_AS_CSV} or as .xlsx`],
];

/** Of a zip file without the parts of a workbook. */
export function foreignZip(parts: readonly string[]): Error {
  const known = PACKED.find(([part]) => parts.some((name) => part.test(name)));
  return fileFault(known?.[1] ?? 'is a zip file; unpack it and send the list itself, or compress it with gzip');
}
