/* eslint-disable no-control-regex -- files are known by the bytes that they begin with. */
import { fileFault } from './fileFault';

const SAVE_AS_CSV = 'open it and save the list as "CSV UTF-8"';
const SAVE_AS_XLSX = `${SAVE_AS_CSV} or as .xlsx`;
const FROM_A_TEXT = `copy the list into a spreadsheet, and save it as "CSV UTF-8" or as .xlsx`;

/** How files begin that people take for a list, byte by byte, and what to do with them. */
const FOREIGN: readonly (readonly [begins: RegExp, msg: string])[] = [
  [
    // The newer format, and those before 1993.
    /^(?:\xd0\xcf\x11\xe0|\x09[\x00\x02\x04]\x04\x00[\x00-\x07]\x00)|^\x09\x04\x06\x00/,
    `is an old Excel file (.xls) or one with a password; ${SAVE_AS_XLSX} without a password`,
  ],
  [/^%PDF/, 'is a PDF, from which no list can be read; export the list as CSV from the program that it came from'],
  [/^\{\\rtf/, `is a text document (.rtf); ${FROM_A_TEXT}`],
  [/^PK[^]{28}mimetypeapplication\/vnd\.oasis\.opendocument\.text/, `is a text document (.odt); ${FROM_A_TEXT}`],
  [
    /^\s*<(?:!doctype|html|table|head|body|meta)/i,
    `is a web page, as some programs export it under the name .xls; ${SAVE_AS_XLSX}`,
  ],
  [/^\s*<\?xml[^]{0,250}?(?:Excel\.Sheet|office:spreadsheet)/i, `is Excel's old XML (.xml, .xls); ${SAVE_AS_XLSX}`],
  [/^\s*<\?xml[^]{0,200}?opendocument/i, `is a flat OpenDocument file (.fods); ${SAVE_AS_XLSX}`],
  [/^\s*<\?xml/i, `is XML; ${SAVE_AS_XLSX}`],
  [/^\s*begin:vcard/i, 'holds contact cards (.vcf); export the contacts as CSV instead'],
  [/^TABLE\r?\n0,1\r?\n"/, `is a file in the Data Interchange Format (.dif); ${SAVE_AS_XLSX}`],
  [/^ID;P\w{0,20}(?:;[NE])*\r?\n[A-Z];/, `is a SYLK file (.slk); ${SAVE_AS_XLSX}`],
  [/^socialcalc:version/, `is an EtherCalc sheet; export it as CSV`],
  [/^\x00\x01\x00\x00Standard (?:Jet|ACE) DB/, 'is an Access database; export the table as CSV'],
  [
    /^[\x03\x30\x31\x83\x8b\xf5][\x01-\xff][\x01-\x0c][\x01-\x1f][^]{7}\x00/,
    `is a dBASE table (.dbf); ${SAVE_AS_XLSX}`,
  ],
  [/^SQLite format 3/, 'is an SQLite database; export the table as CSV'],
  [
    /^From \S{1,100} +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) |^(?:Return-Path|Received|MIME-Version): /i,
    'is an e-mail; save the list that is attached to it, and send that',
  ],
  [/^begin:vcalendar/i, 'is a calendar; export the people as CSV'],
  [
    /^\s*\{"url": ?"https:\/\/docs\.google\.com/,
    'is a link to a Google sheet; download the sheet as CSV (File, Download)',
  ],
  [/^\[InternetShortcut\]/, 'is a link to a page on the net; download the list as CSV'],
  [/^[^]{257}ustar/, 'is an archive (.tar); unpack it and send the list itself'],
  [
    /^(?:7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|\x1f\x9d)/,
    'is compressed in a way that is not read; unpack it, or use gzip',
  ],
  [/^(?:\x89PNG|\xff\xd8\xff|GIF8|II\*|[^]{4}ftypheic)/, 'is a picture; export the list as CSV'],
  [/^bplist/, `is a document of Apple's; ${SAVE_AS_CSV} (File, Export To, CSV)`],
];

/** As far as a beginning is looked at. */
const HEAD_BYTES = 300;

/** @throws ServiceError `invalid_request` for a kind of file that is no list */
export function refuseForeign(head: Buffer): void {
  const beginning = head.toString('latin1', 0, HEAD_BYTES).replace(/^\xef\xbb\xbf/, '');
  for (const [begins, msg] of FOREIGN) if (begins.test(beginning)) throw fileFault(msg);
}

/** JSON where rows were expected. */
export function refuseJson(head: Buffer): void {
  if (/^(\xef\xbb\xbf)?\s*[[{]/.test(head.toString('latin1', 0, 200)))
    throw fileFault(
      'looks like JSON; send JSON as application/json, one number or object to a line as application/x-ndjson',
    );
}

export const isZip = (head: Buffer): boolean => /^PK(?:\x03\x04|\x05\x06|00PK)/.test(head.toString('latin1', 0, 6));

/** What else is packed as a workbook is, known by the names of its parts. */
const PACKED: readonly (readonly [part: RegExp, msg: string])[] = [
  [/^Index\/|\.iwa$|^Index\.zip$|^index\.apxl$/, `is a Numbers document; export it as CSV (File, Export To, CSV)`],
  [/^word\//, `is a Word document; ${FROM_A_TEXT}`],
  [/^ppt\//, `is a presentation; ${FROM_A_TEXT}`],
  [/^xl\/workbook\.bin$/, `is a binary workbook (.xlsb); ${SAVE_AS_XLSX}`],
  [/^content\.xml$/, `is an OpenDocument file (.ods); ${SAVE_AS_XLSX}`],
];

/**
 * @throws ServiceError `invalid_request` for a zip file that is a document of another kind
 */
export function refusePacked(parts: readonly string[]): void {
  const known = PACKED.find(([part]) => parts.some((name) => part.test(name)));
  if (known !== undefined) throw fileFault(known[1]);
}

/** Of a zip file that is no document at all. */
export const noWorkbook = (): Error =>
  fileFault('is a zip file; unpack it and send the list itself, or compress it with gzip');
