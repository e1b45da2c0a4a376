import { Router, type RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import { composed } from '../../domain/text/messageText';
import type { Template, TemplateStore } from '../../store/audience/templateStore';
import { limitOf, nameAfterOf, nameCursorOf, onlyParameters, placeOf } from '../parameters/query';
import { savedNameOf } from '../parameters/savedName';
import { templateView } from '../views/templateView';

export type TemplateRoutesDeps = {
  readonly templates: TemplateStore;
  /** What is wrong with a message, by the rules of broadcasts, worded to follow the field's name; null for nothing. */
  readonly messageProblem: (message: unknown) => string | null;
  /** Reads a JSON body. */
  readonly readJson: RequestHandler[];
  /** Refuses a body that says anything. */
  readonly readNothing: RequestHandler[];
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

const NO_TEMPLATE = 'There is no template of this name.';

/** Saved texts. Each change makes a version, and those before can still be read. */
export function templateRoutes(deps: TemplateRoutesDeps): Router {
  const { templates, messageProblem, readJson, readNothing, methodNotAllowed } = deps;
  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const page = await templates.list({ limit: limitOf(req), after: nameAfterOf(req) });
    res.json({ data: page.items.map(templateView), next: page.next === null ? null : nameCursorOf(page.next) });
  };

  const existing = async (name: string, version: number | null): Promise<Template> => {
    const found = await templates.find(name, version);
    if (found !== null) return found;
    const latest = version === null ? null : await templates.find(name, null);
    throw new ServiceError(
      'not_found',
      latest === null ? NO_TEMPLATE : `The template has no such version; the latest is ${latest.version}.`,
    );
  };

  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, ['version']);
    res.json(templateView(await existing(savedNameOf(req), placeOf(req, 'version'))));
  };

  const save: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const name = savedNameOf(req);
    const { isNew, template } = await templates.save(name, messageOf(req.body, messageProblem));
    const view = templateView(template);
    if (isNew) res.status(201).location(view.links.self);
    res.json(view);
  };

  const remove: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    if (!(await templates.remove(savedNameOf(req)))) throw new ServiceError('not_found', NO_TEMPLATE);
    res.status(204).end();
  };

  const router = Router();
  router.route('/').get(list).all(methodNotAllowed('GET', 'HEAD'));
  router
    .route('/:name')
    .get(show)
    .put(...readJson, save)
    .delete(...readNothing, remove)
    .all(methodNotAllowed('GET', 'HEAD', 'PUT', 'DELETE'));
  return router;
}

/** @throws ServiceError `invalid_request` */
function messageOf(body: unknown, messageProblem: TemplateRoutesDeps['messageProblem']): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError('invalid_request', 'The body must be a JSON object: { "message": "…" }.');
  const unknown = Object.keys(body).find((name) => name !== 'message');
  if (unknown !== undefined) throw fault(unknown.slice(0, 64), 'is not a known field; the only one is message');
  const { message } = body as { readonly message?: unknown };
  const problem = messageProblem(message);
  if (problem !== null) throw fault('message', problem);
  return composed(message as string);
}

const fault = (path: string, msg: string): ServiceError =>
  new ServiceError('invalid_request', `The field "${path}" ${msg}. Nothing was changed.`, {
    errors: [{ path, msg }],
    errorCount: 1,
  });
