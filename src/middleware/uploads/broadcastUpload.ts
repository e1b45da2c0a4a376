import { Readable } from 'node:stream';
import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import { EntryLog } from '../../domain/lists/entryLog';
import type { PersonalMessage } from '../../domain/text/personalText';
import { LINE_TYPES, ROW_TYPES } from '../../domain/lists/listTypes';
import type { NumberSet } from '../../domain/numbers/numberSet';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { NumberSource } from '../../services/files/fileBytes';
import type { FileOptions, FileReading } from '../../services/files/numberFile';
import { readForm, type ListKind } from './broadcastForm';
import {
  charsetOfType,
  isGzipped,
  LIST_FIELDS,
  listFieldsOf,
  refuseEncodedForm,
  withoutListFields,
} from './listFields';
import { keeping, newKeptBytes, type KeptBytes } from './keptBytes';
import type { ReadList } from '../bodies/fields/readLists';
import { watchOf } from '../bodies/fields/testFields';
import { takeIn, takeInHashed, whileComing, type TakenIn } from './recipientUpload';
import { FileHash } from '../bodies/submittedHash';
import { noteSubmitted } from '../bodies/submittedRequest';
import { broken, fieldsOf, type FieldPart, type Fields } from './uploadFields';

export type BroadcastUploadOptions = {
  readonly readFile: (source: NumberSource, options: FileOptions) => FileReading;
  /** By the country that a request names, or the one that is configured. */
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxRecipients: number;
  /** Hands the recipients over to the validation; `log` holds them as submitted, where it was asked for. */
  readonly present: (req: Request, list: ReadList, log: EntryLog | null) => void;
  /** What the fields of a broadcast have each person told, where that is something of their own. */
  readonly personalOf: (req: Request, fields: Fields) => Promise<PersonalMessage | null>;
  /** Who is on the saved lists that are to be left out; null where none is. */
  readonly exceptionsOf: (req: Request, fields: Fields) => Promise<NumberSet | null>;
  /** Whether what is submitted has to be known again. */
  readonly isNoted: (req: Request) => boolean;
  /** What is noted with it beside its fields, by which the same file is another request elsewhere. */
  readonly notedWith?: readonly FieldPart[];
  /** Whether every entry has to be kept as it was submitted. */
  readonly isLogged: (req: Request) => boolean;
};

type Upload = { readonly parts: readonly FieldPart[]; readonly taken: TakenIn | null };

/** What goes along with the reading of one request. */
type Watch = {
  readonly hash: FileHash | null;
  readonly log: EntryLog | null;
  /** The fields that were known when the list was read; null before. */
  early: Fields | null;
  /** A list that came before the message, which may have to be read again with it; null where it is too long. */
  kept: (KeptBytes & { readonly kind: ListKind }) | null;
};

type ListUpload = {
  readonly source: Readable;
  readonly kind: ListKind;
  readonly fields: Fields;
  readonly isGzip: boolean;
};

const MOST_SHOWN = 100;
/** Bytes of a line with a usual number: about so many are in a file of a certain length, mostly fewer. */
const USUAL_LINE = 13;

/**
 * Reads a broadcast that comes as a file: with the other fields in the query string, or `multipart/form-data` with a file or
 * field named `recipients`. Any other body is left to others. Where the request is noted, a file with a fault is read to
 * its end, and the fault is noted with it instead of thrown.
 *
 * @throws ServiceError `invalid_request` where the file or form is broken, `unsupported_content_type` where it is compressed
 * otherwise than by gzip, or called an encoded form
 */
export function broadcastUpload(options: BroadcastUploadOptions): RequestHandler {
  const readerOf = (req: Request, watch: Watch): (() => Promise<Upload>) | null => {
    if (req.is(ROW_TYPES)) return () => readBody(req, 'csv', watch);
    if (req.is(LINE_TYPES)) return () => readBody(req, 'lines', watch);
    if (!req.is('multipart/form-data')) return null;
    if (isGzipped(req))
      throw new ServiceError('unsupported_content_type', 'Compress the file in the form, not the form.');
    return () =>
      readForm(req, (source, kind, fields) => {
        if (!saysMessage(fields)) watch.kept = { ...newKeptBytes(), kind };
        return takeList(req, { source, kind, fields, isGzip: false }, watch);
      });
  };

  async function readBody(req: Request, kind: ListKind, watch: Watch): Promise<Upload> {
    const parts = Object.entries(req.query);
    const fields = fieldsOf(parts);
    if (Object.hasOwn(fields, 'recipients')) throw recipientsInQuery();
    return { parts, taken: await takeList(req, { source: req, kind, fields, isGzip: isGzipped(req) }, watch) };
  }

  async function takeList(req: Request, { source, kind, fields, isGzip }: ListUpload, watch: Watch): Promise<TakenIn> {
    const { hash, log } = watch;
    const personal = await options.personalOf(req, fields);
    const intake = {
      personal,
      except: await options.exceptionsOf(req, fields),
      reader: options.readerFor(fields['defaultCountry']),
      ...watchOf(fields),
      seed: options.hashSeed,
      maxRecipients: options.maxRecipients,
      // Whoever is left out is recorded; whoever makes the request fail is only shown.
      maxErrors: fields['invalidRecipients'] === 'skip' ? Infinity : MOST_SHOWN,
      expected: Math.floor(Number(req.get('content-length') ?? 0) / USUAL_LINE),
      ...(log === null ? {} : { onEntry: (entry: string) => log.add(entry) }),
    };
    watch.early = fields;
    const wish = listFieldsOf(fields);
    const charset = wish.charset ?? (req.is('multipart/form-data') ? null : charsetOfType(req));
    const called = personal?.fields.map(({ name }) => name) ?? [];
    const read = (bytes: NumberSource) =>
      options.readFile(watch.kept === null ? bytes : keeping(bytes, watch.kept), {
        ...wish,
        charset,
        kind,
        isGzip,
        purpose: 'recipients',
        fields: called,
      });
    if (hash !== null) return await takeInHashed(source, read, intake, hash);
    return { list: await takeIn(read(source), intake), fault: null };
  }

  /** Of a form, in which the message may come behind the list: what that has each person told is known only then. */
  async function readAgain(req: Request, fields: Fields, watch: Watch): Promise<TakenIn> {
    const { kept } = watch;
    if (!kept?.isWhole) throw broken('says a message with fields behind the recipients; put it before them');
    const source = Readable.from(kept.pieces);
    return await takeList(
      req,
      { source, kind: kept.kind, fields, isGzip: false },
      { ...watch, hash: null, kept: null },
    );
  }

  /**
   * As all fields of a form have it, those behind the list too. What is wrong with their order is a fault of the list: it
   * depends on settings how many are invalid and what a template says, and a repetition is answered before it counts.
   */
  async function withLateFields(
    req: Request,
    fields: Fields,
    watch: Watch,
    first: TakenIn | null,
  ): Promise<TakenIn | null> {
    try {
      const isLate = watch.kept !== null && first?.fault === null && (await options.personalOf(req, fields)) !== null;
      const taken = isLate ? await readAgain(req, fields, watch) : first;
      refuseLateSkip(fields, taken);
      if (!isLate) refuseLateWish(fields, watch.early);
      return taken;
    } catch (fault) {
      return { list: null, fault };
    }
  }

  return async (req, _res, next) => {
    refuseEncodedForm(req);
    const watch: Watch = {
      hash: options.isNoted(req) ? new FileHash() : null,
      log: options.isLogged(req) ? new EntryLog() : null,
      early: null,
      kept: null,
    };
    const read = readerOf(req, watch);
    if (read === null) {
      next();
      return;
    }
    const { parts, taken: takenFirst } = await whileComing(req, read);
    const fields = fieldsOf(parts);
    const taken = await withLateFields(req, fields, watch, takenFirst);
    if (taken !== null && taken.fault !== null && watch.hash === null) throw taken.fault as Error;
    req.body = withoutListFields(fields);
    if (watch.hash !== null) {
      const submittedHash = watch.hash.digest([...parts, ...(options.notedWith ?? [])]);
      noteSubmitted(req, { submittedHash, fault: taken === null ? null : taken.fault });
    }
    if (taken?.list) options.present(req, taken.list, watch.log);
    next();
  };
}

const saysMessage = (fields: Fields): boolean => Object.hasOwn(fields, 'message') || Object.hasOwn(fields, 'template');

/** People are recorded who are skipped, and only so many are kept of a list that would be refused. */
function refuseLateSkip(fields: Fields, taken: TakenIn | null): void {
  const recipients = taken?.list?.recipients ?? null;
  if (
    fields['invalidRecipients'] === 'skip' &&
    recipients !== null &&
    recipients.invalid.length < recipients.invalidCount
  )
    throw broken('says invalidRecipients behind the recipients; put it before them');
}

/** The list was read without it. */
function refuseLateWish(fields: Fields, early: Fields | null): void {
  const late = [...LIST_FIELDS, 'defaultCountry', 'exceptLists', 'to', 'as'].find(
    (name) => early !== null && Object.hasOwn(fields, name) && !Object.hasOwn(early, name),
  );
  if (late !== undefined) throw broken(`says ${late} behind the recipients; put it before them`);
}

const recipientsInQuery = (): ServiceError =>
  new ServiceError('invalid_request', 'The recipients stand in the body, not in the query string. Nothing was sent.');
