import type { ShownKey } from '../../services/access/keyService';
import type { ApiKey } from '../../store/access/keyStore';
import { iso } from './time';

/** A key as people may see it: what opens the door is not in it. */
export const keyView = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  scopes: key.scopes,
  prefix: key.prefix,
  ownOnly: key.ownOnly,
  dailyRecipients: key.dailyRecipients,
  createdAt: iso(key.createdAt),
  createdBy: key.createdBy,
  lastUsedAt: iso(key.lastUsedAt),
  previousUntil: iso(key.previousUntil),
});

/** The one answer that has the key itself. */
export const shownKeyView = ({ apiKey, key }: ShownKey) => ({ ...keyView(apiKey), key });
