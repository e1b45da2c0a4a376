import { signal } from '@preact/signals';

/** Where the reader is: `#/broadcasts/ID?status=failed`, so that every view and filter has an address to share. */
export type Place = { readonly path: readonly string[]; readonly query: URLSearchParams };

export const place = signal<Place>(read());

addEventListener('hashchange', () => {
  place.value = read();
});

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { path: decoded(path) ?? [path], query: new URLSearchParams(query) };
}

/** Null for an address that somebody has mangled: as it stands it names no view, which the shell says. */
function decoded(path: string): string[] | null {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** The address of a view. */
export function href(path: readonly string[], query: Readonly<Record<string, string | null>> = {}): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== '') said.set(name, value);
  const text = said.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

export function go(path: readonly string[], query: Readonly<Record<string, string | null>> = {}): void {
  location.hash = href(path, query);
}

/** Changes the filters of the view that is shown, without a step in the history for each letter typed. */
export function refine(query: Readonly<Record<string, string | null>>): void {
  const now = Object.fromEntries(place.value.query);
  history.replaceState(null, '', href(place.value.path, { ...now, ...query }));
  place.value = read();
}
