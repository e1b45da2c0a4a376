import type { Express } from 'express';

/** One method on one path, as `GET /broadcast/{id}`. */
export type RegisteredRoute = { readonly method: string; readonly path: string };

/** The part of Express 5's router that is read; it has no typings for it. */
type Layer = {
  readonly handle?: { readonly stack?: readonly Layer[] };
  /** Mounted on the root. */
  readonly slash?: boolean;
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
};

/**
 * Every route of the app. A layer does not tell where it is mounted, only whether it matches a path, so the mounts are
 * looked for among `mounts`.
 *
 * @throws Error for a router that is mounted elsewhere
 */
export function registeredRoutes(app: Express, mounts: readonly string[]): RegisteredRoute[] {
  const layers = (app.router as unknown as { stack: readonly Layer[] }).stack;
  return layers.flatMap((layer) => {
    if (layer.route !== undefined) return methodsOf(layer, '');
    const inner = layer.handle?.stack;
    if (inner === undefined) return [];
    const mount = layer.slash === true ? '' : mounts.find((candidate) => layer.match(candidate));
    if (mount === undefined)
      throw new Error(`A router is mounted on none of ${mounts.join(', ')}; document its routes.`);
    return inner.flatMap((route) => methodsOf(route, mount));
  });
}

function methodsOf({ route }: Layer, mount: string): RegisteredRoute[] {
  if (route === undefined) return [];
  const path = (`${mount}${route.path === '/' ? '' : route.path}` || '/').replaceAll(/:(\w+)/g, '{$1}');
  // `_all` stands for the answer 405.
  const methods = Object.keys(route.methods).filter((method) => method !== '_all');
  return methods.map((method) => ({ method: method.toUpperCase(), path }));
}
