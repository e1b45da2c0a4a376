import { Router, type RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import type { ProblemCode } from '../../domain/wording/problems';
import type { DocsFiles } from '../../services/describing/docsFiles';
import { onlyParameters } from '../parameters/query';
import { sendFile } from './fileAnswer';
import { createProblemPages } from './problemPages';

export type DocsRoutesDeps = {
  readonly files: DocsFiles;
  readonly statusOf: (code: ProblemCode) => number;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** The files change with the version only. */
const CACHED = 'public, max-age=3600';

/** What a person reads in a browser: the description with a form to try it out, and what each problem means. No key. */
export function docsRoutes({ files, statusOf, methodNotAllowed }: DocsRoutesDeps): Router {
  const problems = createProblemPages(statusOf);
  const router = Router();

  const document = (name: string): RequestHandler => {
    return (req, res, next) => {
      onlyParameters(req, []);
      const path = files(name);
      if (path === null) throw new ServiceError('not_found', 'There is no such document.');
      sendFile(res, path, CACHED, next);
    };
  };
  const html =
    (page: (code: string) => string | null): RequestHandler =>
    (req, res) => {
      onlyParameters(req, []);
      const text = page(String(req.params['code'] ?? ''));
      if (text === null) throw new ServiceError('not_found', 'There is no such type of problem.');
      res.set('Cache-Control', CACHED).type('html').send(text);
    };

  const otherMethods = methodNotAllowed('GET', 'HEAD');
  router.use(withoutSlash);
  router.route('/').get(document('index.html')).all(otherMethods);
  router.route('/problems').get(html(problems.list)).all(otherMethods);
  router.route('/problems/:code').get(html(problems.page)).all(otherMethods);
  router
    .route('/:file')
    .get((req, res, next) => document(req.params.file)(req, res, next))
    .all(otherMethods);
  return router;
}

/** Where there may be a page, with a slash behind it: the others are answered as what is not there. */
const PLACES = /^\/(?:problems\/)?(?:[^/]+\/)?$/;

/** What a page names stands beside it: with a slash behind its own address, a browser looks for that in the wrong place. */
const withoutSlash: RequestHandler = (req, res, next) => {
  const [path = ''] = req.originalUrl.split('?', 1);
  const name = /([^/]+)\/$/.exec(path)?.[1];
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  if (name === undefined || !isRead || !PLACES.test(req.path)) next();
  // Relative, so that it holds below a path of a proxy.
  else res.status(308).location(`../${name}`).end();
};
