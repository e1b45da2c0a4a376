import { Router, type NextFunction, type RequestHandler, type Response } from 'express';
import { ServiceError } from '../../domain/errors';
import type { ConsoleFiles } from '../../services/describing/consoleFiles';
import { onlyParameters } from '../parameters/query';
import { sendFile } from './fileAnswer';

export type ConsoleRoutesDeps = {
  readonly files: ConsoleFiles;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** The page names its assets, so it must be the newest; they have a hash of what they hold in their names. */
const PAGE_CACHE = 'no-cache';
const ASSET_CACHE = 'public, max-age=31536000, immutable';

/** The dashboard: files only. It asks for a key and calls the same routes as everybody else. */
export function consoleRoutes({ files, methodNotAllowed }: ConsoleRoutesDeps): Router {
  const router = Router();
  const otherMethods = methodNotAllowed('GET', 'HEAD');
  const send = (res: Response, path: string | null, missing: string, cache: string, next: NextFunction) => {
    if (path === null) throw new ServiceError('not_found', missing);
    sendFile(res, path, cache, next);
  };
  router
    .route('/')
    .get((req, res, next) => {
      onlyParameters(req, []);
      send(res, files.page(), 'The dashboard was not built. `npm run build` builds it.', PAGE_CACHE, next);
    })
    .all(otherMethods);
  router
    .route('/assets/:file')
    .get((req, res, next) => {
      onlyParameters(req, []);
      send(res, files.asset(req.params.file), 'There is no such file. Load the page anew.', ASSET_CACHE, next);
    })
    .all(otherMethods);
  return router;
}
