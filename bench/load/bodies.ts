import { distinctPeople, recipientList } from '../stage/people';

export const FORMATS = ['json', 'csv', 'ndjson', 'multipart'] as const;
export type BodyFormat = (typeof FORMATS)[number];

export const FORMAT_NAMES: Readonly<Record<BodyFormat, string>> = {
  json: 'JSON',
  csv: 'CSV',
  ndjson: 'NDJSON',
  multipart: 'multipart',
};

/** A broadcast ready to be posted. */
export type PreparedPost = {
  /** Path and query. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
};

const MESSAGE = 'Doors open at 9. See you there!';
const QUERY = `?message=${encodeURIComponent(MESSAGE)}`;
const BOUNDARY = 'bench-7d93f1';

const FORMATTERS: Record<BodyFormat, (recipients: readonly string[]) => PreparedPost> = {
  json: (recipients) => ({
    path: '/broadcast',
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify({ message: MESSAGE, recipients })),
  }),
  csv: (recipients) => ({ path: `/broadcast${QUERY}`, contentType: 'text/csv', body: Buffer.from(csvOf(recipients)) }),
  ndjson: (recipients) => ({
    path: `/broadcast${QUERY}`,
    contentType: 'application/x-ndjson',
    body: Buffer.from(recipients.map((recipient) => `{"recipient":"${recipient}"}\n`).join('')),
  }),
  multipart: (recipients) => ({
    path: '/broadcast',
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    body: Buffer.from(
      part('name="message"', MESSAGE) +
        part('name="recipients"; filename="numbers.csv"\r\ncontent-type: text/csv', csvOf(recipients)) +
        `--${BOUNDARY}--\r\n`,
    ),
  }),
};

/** `from`: index of the first person. */
export function prepareBody(format: BodyFormat, size: number, from = 0): PreparedPost {
  return FORMATTERS[format](recipientList(size, from));
}

/** Sixty characters, of which each person's code makes them unlike all others. */
const PERSONAL = 'Hi {{name}}, your code is {{code}}. Reply STOP to opt out.';
const NOBODYS = 'Hi there, your code is with us. Reply STOP to opt out.';
const CODE_BASE = 36;

/** The same people with the same columns, once with a text for each of them and once with one text for all. */
export function prepareNamed(size: number, isPersonal: boolean): PreparedPost {
  const recipients = distinctPeople(size).map((to, index) => ({ to, name: 'Ann', code: index.toString(CODE_BASE) }));
  return {
    path: '/broadcast',
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify({ message: isPersonal ? PERSONAL : NOBODYS, recipients })),
  };
}

const csvOf = (recipients: readonly string[]): string => `recipient\n${recipients.join('\n')}\n`;

const part = (disposition: string, content: string): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
