import type { FieldValues } from '../../domain/lists/recipientList';

/** What a list was read from, for whoever sent it. */
export type ListSource = {
  /** The name of the column in the header, or its place from 1; null where there are no columns. */
  readonly column: string | null;
  /** Such as `utf-8`, `utf-16le`, `windows-1252`; `xlsx` for a workbook. */
  readonly encoding: string;
  readonly delimiter: string | null;
  /** Of a workbook. */
  readonly sheet?: string;
};

/** What a file has where a number belongs, unchecked, and the line its record starts in, from 1 with the header. */
export type NumberEntry = {
  readonly value: string;
  readonly line: number | null;
  /** By the fields that were asked for; absent where none were. */
  readonly values?: FieldValues;
  /** The object that stood on a line of JSON, where all its fields were asked for. */
  readonly object?: object;
};
