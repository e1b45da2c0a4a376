import { SCOPES, type Scope } from './scopes';

/** Who asks, by the key or token that they present. */
export type Caller = {
  /** Names the key or the subject of the token for good, whatever it is called; null where nobody has to say who they are. */
  readonly id: string | null;
  /** As it is shown: the name of the key, or the subject of the token. */
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  /** Broadcasts of others are not there for it. */
  readonly ownOnly: boolean;
  /** People that its broadcasts of one day (UTC) may have together; null for any number. */
  readonly dailyRecipients: number | null;
};

const MAY_ALL = { scopes: SCOPES, ownOnly: false, dailyRecipients: null } as const;

/** Where no key is configured, as in development. */
export const ANYBODY: Caller = { id: null, name: null, ...MAY_ALL };

/** The name of what API_KEY lets in, which no other key may have. Its values are one caller: they are several only while they rotate. */
export const OPERATOR_NAME = 'API_KEY';

export const OPERATOR: Caller = { id: 'api_key', name: OPERATOR_NAME, ...MAY_ALL };

const KEY = 'key:';

/** What a key of the database is called as a caller. */
export const callerIdOfKey = (keyId: string): string => KEY + keyId;

/** The key of the database that a caller presents; null for any other. */
export const keyIdOf = ({ id }: Caller): string | null => (id?.startsWith(KEY) === true ? id.slice(KEY.length) : null);

/** Whether a caller may see what was made by whoever has the id. */
export const maySeeWorkOf = (caller: Caller, creatorId: string | null): boolean =>
  !caller.ownOnly || (caller.id !== null && caller.id === creatorId);
