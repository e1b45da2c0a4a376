import type { Template } from '../../store/audience/templateStore';
import { iso } from './time';

/** A version of a template as callers see it. */
export function templateView({ name, version, latestVersion, text, createdAt }: Template) {
  const self = `/templates/${encodeURIComponent(name)}`;
  return {
    name,
    version,
    latestVersion,
    message: text,
    createdAt: iso(createdAt),
    links: { self, version: `${self}?version=${version}` },
  };
}
