import { Router, type Request, type RequestHandler } from 'express';
import { ServiceError, type FieldError } from '../../domain/errors';
import type { CheckedPeople } from '../../domain/audience/listIntake';
import type { NewPeople, ListStore } from '../../store/audience/listStore';
import type { SavedList } from '../../store/audience/listRows';
import type { ListSource } from '../../services/files/listSource';
import { limitOf, nameAfterOf, nameCursorOf, onlyParameters } from '../parameters/query';
import { savedNameOf } from '../parameters/savedName';
import { listView } from '../views/listView';
import { listPeople, type ListPeopleDeps } from './listPeople';

type ListRequest = CheckedPeople & { readonly source: ListSource | null; readonly errors: readonly FieldError[] };

export type ListRoutesDeps = ListPeopleDeps & {
  readonly lists: ListStore;
  /** Reads the body of a request with people, of whatever kind. */
  readonly readPeople: RequestHandler[];
  /** The people in a body that was read; what is wrong with them is refused. */
  readonly checkPeople: (req: Request) => Promise<ListRequest>;
  /** Parameters that a body takes beside it. */
  readonly parametersBeside: (req: Request) => readonly string[];
  /** Refuses a body that says anything. */
  readonly readNothing: RequestHandler[];
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

const NO_LIST = 'There is no list of this name.';

/** Saved lists: people with what is known of each, to be texted by the list's name. */
export function listRoutes(deps: ListRoutesDeps): Router {
  const { lists, readPeople, readNothing, methodNotAllowed } = deps;

  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const page = await lists.list({ limit: limitOf(req), after: nameAfterOf(req) });
    res.json({ data: page.items.map(listView), next: page.next === null ? null : nameCursorOf(page.next) });
  };

  const existing = async (req: Request): Promise<SavedList> => {
    const found = await lists.find(savedNameOf(req));
    if (found === null) throw new ServiceError('not_found', NO_LIST);
    return found;
  };

  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    res.json(listView(await existing(req)));
  };

  /** What is wrong with the path is said before a body of a million people is read. */
  const checkName: RequestHandler = (req, _res, next) => {
    savedNameOf(req);
    onlyParameters(req, deps.parametersBeside(req));
    next();
  };

  const replace: RequestHandler = async (req, res) => {
    const request = await deps.checkPeople(req);
    const { list: saved, isNew } = await lists.replace(savedNameOf(req), newPeopleOf(request));
    const view = listView(saved);
    if (isNew) res.status(201).location(view.links.self);
    res.json({ ...view, upload: uploadView(request) });
  };

  const add: RequestHandler = async (req, res) => {
    const request = await deps.checkPeople(req);
    const result = await lists.add(savedNameOf(req), newPeopleOf(request));
    if (result === null) throw new ServiceError('not_found', NO_LIST);
    if (result === 'too_many_fields') throw tooManyFields();
    if (result === 'changed')
      throw new ServiceError('conflict', 'Others kept changing the list meanwhile. Nothing was added; try again.');
    const { added, updated } = result;
    res.json({ ...listView(result.list), upload: { ...uploadView(request), added, updated } });
  };

  const remove: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    if (!(await lists.remove(savedNameOf(req)))) throw new ServiceError('not_found', NO_LIST);
    res.status(204).end();
  };

  const people = listPeople(deps, existing);
  const router = Router();
  router.route('/').get(list).all(methodNotAllowed('GET', 'HEAD'));
  router
    .route('/:name')
    .get(show)
    .put(checkName, ...readPeople, replace)
    .delete(...readNothing, remove)
    .all(methodNotAllowed('GET', 'HEAD', 'PUT', 'DELETE'));
  router
    .route('/:name/recipients')
    .get(people.list)
    .post(checkName, ...readPeople, add)
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router
    .route('/:name/recipients/:number')
    .delete(...readNothing, people.remove)
    .all(methodNotAllowed('DELETE'));
  return router;
}

const newPeopleOf = ({ fields, people }: CheckedPeople): NewPeople => ({
  fields,
  length: people.length,
  inOrder: (nextTurn) => people.inOrder(nextTurn),
});

/** What was found in what was sent. */
const uploadView = ({ checked, errors, source }: ListRequest) => ({
  submitted: checked.submitted,
  duplicates: checked.duplicates,
  invalid: checked.invalidCount,
  errors,
  source,
});

function tooManyFields(): ServiceError {
  const msg = 'would give the list more than 50 fields; leave some out, or replace the list';
  return new ServiceError('invalid_request', `The upload ${msg}. Nothing was changed.`, {
    errors: [{ path: 'recipients', msg }],
    errorCount: 1,
  });
}
