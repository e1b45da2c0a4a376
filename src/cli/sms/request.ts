import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { BroadcastRequest, FileRequest } from '../../client/index';
import { FLAG, TEXT, UsageError } from '../terminal/commandLine';

const MANY = { ...TEXT, multiple: true } as const;

/** What a broadcast is told by. */
export const REQUEST_OPTIONS = {
  message: TEXT,
  template: TEXT,
  to: MANY,
  file: TEXT,
  list: MANY,
  'except-list': MANY,
  name: TEXT,
  sender: TEXT,
  topic: TEXT,
  'send-at': TEXT,
  'default-country': TEXT,
  'skip-invalid': FLAG,
} as const;

export type RequestWish = {
  readonly [Name in keyof typeof REQUEST_OPTIONS]?: string | readonly string[] | boolean | undefined;
};

const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.txt': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.gz': 'application/gzip',
};

/** @throws UsageError where it is for nobody, or its file cannot be read */
export function requestOf(wish: RequestWish): BroadcastRequest | FileRequest {
  const { to, file, list } = wish;
  if (to === undefined && file === undefined && list === undefined)
    throw new UsageError('Say to whom: --to NUMBER, --file PATH or --list NAME.');
  if (to !== undefined && file !== undefined) throw new UsageError('--to and --file do not go together.');
  const fields = fieldsOf(wish);
  if (typeof file === 'string') return { ...fields, file: contentOf(file), contentType: typeOf(file) };
  return { ...fields, ...(to === undefined ? {} : { recipients: to }) } as BroadcastRequest;
}

function fieldsOf(wish: RequestWish): object {
  const fields = {
    message: wish.message,
    template: wish.template,
    lists: wish.list,
    exceptLists: wish['except-list'],
    name: wish.name,
    sender: wish.sender,
    topic: wish.topic,
    sendAt: wish['send-at'],
    defaultCountry: wish['default-country'],
    invalidRecipients: wish['skip-invalid'] === true ? 'skip' : undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function contentOf(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function typeOf(file: string): string {
  const type = TYPES[extname(file).toLowerCase()];
  if (type === undefined) throw new UsageError(`${file} must end in one of ${Object.keys(TYPES).join(', ')}.`);
  return type;
}
