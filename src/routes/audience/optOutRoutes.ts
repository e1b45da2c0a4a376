import { randomUUID } from 'node:crypto';
import { Router, type Request, type RequestHandler } from 'express';
import { onceDone, OutcomeUnknownError, ServiceError } from '../../domain/errors';
import { countryProblem, type NumberReader } from '../../domain/numbers/phoneNumber';
import type { CheckedRecipients } from '../../domain/lists/recipientList';
import type { ListSource } from '../../services/files/listSource';
import type { OptOut, OptOutStore } from '../../store/optOuts/optOutStore';
import { numberOf } from '../parameters/numberParameter';
import { optOutView } from '../views/personView';
import { UUID } from '../parameters/uuid';
import { afterOf, choiceOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';

type ReadList = { readonly recipients: CheckedRecipients; readonly source: ListSource | null };

export type OptOutRoutesDeps = {
  readonly optOuts: OptOutStore;
  readonly numbers: NumberReader;
  /** As `numbers`, of people who may opt out: not of our own senders. */
  readonly people: NumberReader;
  readonly isCountry: (code: string) => boolean;
  /** Reads a JSON body where there is one. */
  readonly readOptionalJson: RequestHandler[];
  /** Reads the numbers of a file. */
  readonly readNumbers: (req: Request) => Promise<ReadList>;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

const LONGEST_NOTE = 200;
const NOT_OPTED_OUT = 'This number is not opted out.';
const MOST_ERRORS = 100;

/** The opt-out list: who must not be texted, since when, and by whose word. */
export function optOutRoutes(deps: OptOutRoutesDeps): Router {
  const { optOuts, numbers, people, methodNotAllowed } = deps;
  const router = Router();

  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const after = afterOf(req, 2, Number.MAX_SAFE_INTEGER);
    const page = await optOuts.list({
      limit: limitOf(req),
      after: after === null ? null : { optedOutAt: after[0] ?? 0, number: `+${after[1] ?? 0}` },
    });
    const next = page.next === null ? null : cursorOf(page.next.optedOutAt, Number(page.next.number));
    res.json({ data: page.items.map(optOutView), next });
  };

  const existing = async (number: string): Promise<OptOut> => {
    const found = await optOuts.find(number);
    if (found === null) throw new ServiceError('not_found', NOT_OPTED_OUT);
    return found;
  };

  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    res.json(optOutView(await existing(numberOf(req, numbers))));
  };

  const add: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const number = numberOf(req, people);
    const isNew = await optOuts.add(number, { source: 'api', note: noteOf(req.body), importId: null });
    const optOut = await optOuts.find(number).catch(onceDone);
    if (optOut === null) throw new OutcomeUnknownError('Somebody has taken the number off meanwhile.');
    res.status(isNew ? 201 : 200).json(optOutView(optOut));
  };

  const remove: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const number = numberOf(req, numbers);
    const removed = await optOuts.remove(number, { source: 'api', note: noteOf(req.body), importId: null });
    if (!removed) throw new ServiceError('not_found', NOT_OPTED_OUT);
    res.status(204).end();
  };

  const importList: RequestHandler = async (req, res) => {
    onlyParameters(req, ['invalidRecipients', 'column', 'charset', 'sheet', 'defaultCountry']);
    refuseUnknownCountry(req, deps);
    const skips = choiceOf(req, 'invalidRecipients', ['reject', 'skip']) === 'skip';
    const { recipients: upload, source } = await deps.readNumbers(req);
    const column = source?.column ?? null;
    const errors = upload.invalid.slice(0, MOST_ERRORS).map(({ line, value, reason }) => ({
      path: `line ${line ?? 0}`,
      ...(column === null ? {} : { column }),
      msg: reason,
      value,
    }));
    if (upload.invalidCount > 0 && !skips) {
      throw new ServiceError(
        'invalid_request',
        `The file has ${upload.invalidCount} line(s) without a valid number; nobody was opted out. ` +
          'Mend them, or leave them out with ?invalidRecipients=skip.',
        { errors, errorCount: upload.invalidCount },
      );
    }
    const importId = randomUUID();
    const imported = await optOuts.import(importId, upload.valid);
    res.json({
      importId,
      submitted: upload.submitted,
      imported,
      alreadyOptedOut: upload.valid.length - imported,
      duplicates: upload.duplicates,
      invalid: upload.invalidCount,
      errors,
      source,
      links: { undo: `/opt-outs/imports/${importId}` },
    });
  };

  const undoImport: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const importId = String(req.params['importId']).toLowerCase();
    const removed = UUID.test(importId) ? await optOuts.undoImport(importId, noteOf(req.body)) : null;
    if (removed === null) throw new ServiceError('not_found', 'There is no such import.');
    res.json({ importId, removed });
  };

  router.route('/').get(list).all(methodNotAllowed('GET', 'HEAD'));
  router.route('/import').post(importList).all(methodNotAllowed('POST'));
  router
    .route('/imports/:importId')
    .delete(...deps.readOptionalJson, undoImport)
    .all(methodNotAllowed('DELETE'));
  router
    .route('/:number')
    .get(show)
    .put(...deps.readOptionalJson, add)
    .delete(...deps.readOptionalJson, remove)
    .all(methodNotAllowed('GET', 'HEAD', 'PUT', 'DELETE'));
  return router;
}

function refuseUnknownCountry(req: Request, rules: Pick<OptOutRoutesDeps, 'isCountry'>): void {
  const country = req.query['defaultCountry'];
  const msg = country === undefined ? null : countryProblem(country, rules);
  if (msg === null) return;
  throw new ServiceError('invalid_request', `The parameter "defaultCountry" ${msg}.`, {
    errors: [{ path: 'defaultCountry', msg }],
    errorCount: 1,
  });
}

/** The reason that a caller gives, for the audit trail. */
function noteOf(body: unknown): string | null {
  if (body === undefined) return null;
  const problem = (msg: string, path = 'note') =>
    new ServiceError('invalid_request', `The field "${path}" ${msg}. Nothing was changed.`, {
      errors: [{ path, msg }],
      errorCount: 1,
    });
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError('invalid_request', 'The body must be a JSON object such as { "note": "…" }, or absent.');
  const unknown = Object.keys(body).find((name) => name !== 'note');
  if (unknown !== undefined) throw problem('is not known; the only field is note', unknown.slice(0, 64));
  const note = 'note' in body ? body.note : null;
  if (note === null || note === undefined) return null;
  if (typeof note !== 'string' || note.length > LONGEST_NOTE || /[\p{Cc}\p{Cs}\ufffd]/u.test(note))
    throw problem(`must be a text of at most ${LONGEST_NOTE} characters without control characters and U+FFFD`);
  return note;
}
