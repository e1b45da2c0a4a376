import { Router, type RequestHandler } from 'express';
import type { ApiDescription } from '../../services/describing/apiDescription';
import { onlyParameters } from '../parameters/query';

export type DescriptionRoutesDeps = {
  readonly description: ApiDescription;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** What the service says of itself, to anybody. */
export function descriptionRoutes({ description, methodNotAllowed }: DescriptionRoutesDeps): Router {
  const answer =
    (type: string, text: () => string): RequestHandler =>
    (req, res) => {
      onlyParameters(req, []);
      res.type(type).send(text());
    };
  const router = Router();
  const otherMethods = methodNotAllowed('GET', 'HEAD');
  router.route('/openapi.json').get(answer('application/json', description.json)).all(otherMethods);
  router.route('/openapi.yaml').get(answer('application/yaml', description.yaml)).all(otherMethods);
  return router;
}
