import { ServiceError } from '../../domain/errors';

export const FAULTS = {
  encoding: 'is not text; save the file as "CSV UTF-8"',
  charset:
    'has characters that are not UTF-8 where they matter; say which they are, such as ?charset=windows-1252, or save the file ' +
    'as "CSV UTF-8"',
  length:
    'is longer than 64 kB; end each record with a line break (with curl, send the file by --data-binary: -d takes them out)',
  joined:
    'has many numbers without anything between; with curl, send the file by --data-binary: -d takes line ends out',
  quotes: 'has a stray or unclosed quote ("); close each quoted field with one, and double those inside of it',
  several:
    'has more than one number, in columns without a name; write one number to a line, or choose a column with ?column=1',
} as const;

/** One line to mend. `cell`: what is there. */
export function lineFault(line: number, msg: string, cell?: string): ServiceError {
  const value = cell === undefined ? {} : { value: shown(cell) };
  return new ServiceError('invalid_request', `Line ${line} of the file ${msg}.`, {
    errors: [{ path: `line ${line}`, msg, ...value }],
    errorCount: 1,
  });
}

/** The file as a whole. */
export const fileFault = (msg: string): ServiceError =>
  new ServiceError('invalid_request', `The file ${msg}. Nothing was done.`, {
    errors: [{ path: 'recipients', msg }],
    errorCount: 1,
  });

const shown = (cell: string): string => cell.slice(0, 64).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
