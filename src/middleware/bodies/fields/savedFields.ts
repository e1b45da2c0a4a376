import type { Request, RequestHandler } from 'express';
import type { NumberSet } from '../../../domain/numbers/numberSet';
import type { PersonalMessage } from '../../../domain/text/personalText';
import type { SavedUse } from '../../../services/accepting/broadcastRequest';
import type { NamedParts, SavedParts, TemplateUse } from '../../../services/audience/savedParts';
import { personalMessageIn } from './personalMessage';

type BroadcastFields = NamedParts & { readonly message?: unknown; readonly encoding?: unknown };

/** What requests take from saved lists and templates, each looked up once a request: what is checked is what is used. */
export type SavedFields = {
  /** What the fields of a broadcast have each person told, where that is something of their own. */
  personalOf(req: Request, fields: BroadcastFields): Promise<PersonalMessage | null>;
  /** Who is left out. */
  exceptionsOf(req: Request, fields: BroadcastFields): Promise<NumberSet | null>;
  /** Puts the text of the template that a body names into its place. */
  readonly takeTemplate: RequestHandler;
};

const used = new WeakMap<Request, { readonly key: string; readonly template: Promise<TemplateUse | null> }>();
const taken = new WeakMap<Request, TemplateUse>();

/** The template whose text is the message of a request; null where it says its own. */
export const templateOf = (req: Request): TemplateUse | null => taken.get(req) ?? null;

/** What a checked request takes from saved lists and templates; null for nothing. */
export function savedUseOf(req: Request): SavedUse | null {
  const { lists, exceptLists } = req.body as NamedParts;
  const use = taken.get(req);
  const template = use === undefined ? null : { name: use.name, version: use.version };
  const parts = { template, lists: namesOf(lists), exceptLists: namesOf(exceptLists) };
  return template === null && parts.lists.length + parts.exceptLists.length === 0 ? null : parts;
}

/** Of names that were checked: each once, composed. */
const namesOf = (names: unknown): string[] => [
  ...new Set(Array.isArray(names) ? names.map((name) => String(name).normalize('NFC')) : []),
];

export function createSavedFields(parts: SavedParts): SavedFields {
  function templateIn(req: Request, { template, templateVersion }: BroadcastFields): Promise<TemplateUse | null> {
    const key = JSON.stringify([template, templateVersion]);
    const known = used.get(req);
    if (known?.key === key) return known.template;
    const found = parts.templateOf({ template, templateVersion });
    used.set(req, { key, template: found });
    return found;
  }

  const namesOne = ({ template, message }: BroadcastFields): boolean =>
    typeof template === 'string' && (message === undefined || message === null);

  return {
    async personalOf(req, fields) {
      const template = namesOne(fields) ? await templateIn(req, fields) : null;
      return personalMessageIn({ ...fields, ...(template === null ? {} : { message: template.text }) });
    },

    exceptionsOf: (_req, fields) => parts.exceptionsOf(fields),

    takeTemplate: async (req, _res, next) => {
      const fields: unknown = req.body;
      if (typeof fields === 'object' && fields !== null && !Array.isArray(fields) && namesOne(fields)) {
        const template = await templateIn(req, fields);
        if (template !== null) {
          taken.set(req, template);
          req.body = { ...fields, message: template.text };
        }
      }
      next();
    },
  };
}
