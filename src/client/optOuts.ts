import { call, type Connection } from './calling/call.ts';
import { pages, type PageOptions } from './calling/pages.ts';
import { ProblemError } from './calling/problemError.ts';
import type { CallOptions } from './sending.ts';
import type { OptOut, OptOutImport } from './types.ts';

/** `note` is kept in the history. */
export type NoteOptions = CallOptions & { readonly note?: string };

export type OptOuts = {
  /** Latest first. */
  all(options?: PageOptions): AsyncGenerator<OptOut, void, undefined>;
  /** Null of somebody who may be texted. */
  show(number: string, options?: CallOptions): Promise<OptOut | null>;
  add(number: string, options?: NoteOptions): Promise<OptOut>;
  /** @throws ProblemError `not_found` of somebody who is not on it */
  remove(number: string, options?: NoteOptions): Promise<void>;
  /** All numbers of a CSV file, or none. */
  importCsv(csv: string | Uint8Array<ArrayBuffer> | Blob, options?: CallOptions): Promise<OptOutImport>;
};

/** Who must not be texted. */
export function createOptOuts(connection: Connection): OptOuts {
  const at = (number: string) => `/opt-outs/${encodeURIComponent(number)}`;
  return {
    all: (options = {}) => pages(connection, '/opt-outs', options),
    async show(number, { signal } = {}) {
      try {
        return (await call(connection, { method: 'GET', path: at(number), cannotDouble: true, signal })) as OptOut;
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'not_found') return null;
        throw error;
      }
    },
    add: (number, { signal, ...note } = {}) =>
      call(connection, { method: 'PUT', path: at(number), json: note, cannotDouble: true, signal }) as Promise<OptOut>,
    async remove(number, { signal, ...note } = {}) {
      await call(connection, { method: 'DELETE', path: at(number), json: note, cannotDouble: false, signal });
    },
    importCsv: (csv, { signal } = {}) =>
      call(connection, {
        method: 'POST',
        path: '/opt-outs/import',
        body: { content: csv, type: 'text/csv' },
        cannotDouble: false,
        signal,
      }) as Promise<OptOutImport>,
  };
}
