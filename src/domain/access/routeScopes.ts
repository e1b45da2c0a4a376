import type { Scope } from './scopes';

/** Null for what whoever is let in at all may ask. */
export type NeededScope = Scope | null;

/**
 * Which scope each route needs. What is not here is there for nobody but those who may do everything; a guard test holds the
 * list to the routes that there are.
 */
export const ROUTE_SCOPES: Readonly<Record<string, NeededScope>> = {
  'POST /broadcast': 'send',
  'GET /broadcast': 'read',
  'POST /broadcast/preview': 'send',
  'POST /broadcast/test': 'send',
  'GET /broadcast/{id}': 'read',
  'GET /broadcast/{id}/recipients': 'read',
  'GET /broadcast/{id}/batches': 'read',
  'POST /broadcast/{id}/pause': 'send',
  'POST /broadcast/{id}/resume': 'send',
  'POST /broadcast/{id}/cancel': 'send',
  'POST /broadcast/{id}/resend-failed': 'send',
  'POST /broadcast/{id}/retry': 'send',
  'POST /broadcast/{id}/retry/preview': 'send',
  'POST /broadcast/{id}/batches/{number}/resolve': 'send',
  'POST /broadcast/{id}/approve': 'approve',
  'POST /broadcast/{id}/reject': 'approve',
  'GET /opt-outs': 'read',
  'POST /opt-outs/import': 'manage',
  'DELETE /opt-outs/imports/{importId}': 'manage',
  'GET /opt-outs/{number}': 'read',
  'PUT /opt-outs/{number}': 'manage',
  'DELETE /opt-outs/{number}': 'manage',
  'GET /lists': 'read',
  'GET /lists/{name}': 'read',
  'PUT /lists/{name}': 'manage',
  'DELETE /lists/{name}': 'manage',
  'GET /lists/{name}/recipients': 'read',
  'POST /lists/{name}/recipients': 'manage',
  'DELETE /lists/{name}/recipients/{number}': 'manage',
  'GET /templates': 'read',
  'GET /templates/{name}': 'read',
  'PUT /templates/{name}': 'manage',
  'DELETE /templates/{name}': 'manage',
  'GET /recipients/{number}': 'read',
  'DELETE /recipients/{number}': 'manage',
  'GET /recipients/{number}/export': 'manage',
  'GET /inbound': 'read',
  'POST /inbound/{uuid}/reviewed': 'manage',
  'GET /account': 'read',
  'GET /events': 'read',
  'GET /metrics': 'read',
  'GET /broadcast/{id}/events': 'read',
  'GET /webhook-deliveries': 'read',
  'POST /webhook-deliveries/{id}/replay': 'manage',
  'POST /webhook-deliveries/recover': 'manage',
  'GET /audit': 'manage',
  'GET /keys': 'manage',
  'POST /keys': 'manage',
  'GET /keys/self': null,
  'POST /keys/{id}/rotate': 'manage',
  'DELETE /keys/{id}': 'manage',
};

/** What a path is: which methods it takes, and the scope that each needs. Null for a path that is not in the table. */
export function scopesOfPath(path: string): ReadonlyMap<string, NeededScope> | null {
  const segments = segmentsOf(path);
  const [best] = PATTERNS.filter((pattern) => fits(pattern.segments, segments)).sort((a, b) => a.open - b.open);
  return best?.methods ?? null;
}

type Pattern = {
  readonly segments: readonly string[];
  /** Segments that may be anything. */
  readonly open: number;
  readonly methods: Map<string, NeededScope>;
};

const isOpen = (segment: string) => segment.startsWith('{');

/** As Express reads paths: whatever the case, with or without a slash at the end. */
const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').toLowerCase().split('/').slice(1);

const PATTERNS: readonly Pattern[] = patternsOf(ROUTE_SCOPES);

function patternsOf(table: Readonly<Record<string, NeededScope>>): Pattern[] {
  const patterns = new Map<string, Pattern>();
  for (const [route, scope] of Object.entries(table)) {
    const [method = '', path = ''] = route.split(' ');
    const segments = segmentsOf(path);
    const pattern = patterns.get(path) ?? { segments, open: segments.filter(isOpen).length, methods: new Map() };
    pattern.methods.set(method, scope);
    patterns.set(path, pattern);
  }
  return [...patterns.values()];
}

const fits = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((segment, place) => (isOpen(segment) ? segments[place] !== '' : segment === segments[place]));
