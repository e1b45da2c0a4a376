import { callerIdOfKey, type Caller } from '../../domain/access/caller';
import type { Timers } from '../../domain/time/timers';
import type { ApiKey, KeyStore } from '../../store/access/keyStore';
import { hashOfKey, isKeyOfOurs } from './keySecrets';

export type Keyring = {
  /** Whose key it is; null where it is nobody's, or not any more. */
  callerOf(presented: string): Promise<Caller | null>;
  /** Forgets what it has read: a key was changed here. */
  forget(): void;
};

export type KeyringDeps = {
  readonly keys: Pick<KeyStore, 'findByHash' | 'noteUse'>;
  readonly timers: Pick<Timers, 'monotonicMs'>;
};

/** A key that was revoked by another instance is known for so long. */
const REMEMBERED_MS = 2000;
const MOST_REMEMBERED = 10_000;
const NOTE_USE_EVERY_MS = 60_000;

type Remembered = { readonly key: ApiKey; readonly at: number };

/** Reads keys at most every two seconds each. Those that nobody has are not remembered, so that made-up ones take no room. */
export function createKeyring({ keys, timers }: KeyringDeps): Keyring {
  const known = new Map<string, Remembered>();
  const noted = new Map<string, number>();
  let generation = 0;

  async function read(hash: string): Promise<ApiKey | null> {
    const remembered = known.get(hash);
    if (remembered !== undefined && timers.monotonicMs() - remembered.at < REMEMBERED_MS) return remembered.key;
    const before = generation;
    const at = timers.monotonicMs();
    const key = await keys.findByHash(hash);
    known.delete(hash);
    if (known.size >= MOST_REMEMBERED) known.clear();
    // What was read before a change may be from before it.
    if (key !== null && before === generation) known.set(hash, { key, at });
    return key;
  }

  /** Nobody waits for it, and nothing hangs on it. */
  function noteUse({ id }: ApiKey): void {
    const now = timers.monotonicMs();
    if (now - (noted.get(id) ?? -Infinity) < NOTE_USE_EVERY_MS) return;
    if (noted.size >= MOST_REMEMBERED) noted.clear();
    noted.set(id, now);
    keys.noteUse(id, NOTE_USE_EVERY_MS).catch(() => noted.delete(id));
  }

  return {
    async callerOf(presented) {
      if (!isKeyOfOurs(presented)) return null;
      const key = await read(hashOfKey(presented));
      if (key === null) return null;
      noteUse(key);
      return {
        id: callerIdOfKey(key.id),
        name: key.name,
        scopes: key.scopes,
        ownOnly: key.ownOnly,
        dailyRecipients: key.dailyRecipients,
      };
    },
    forget() {
      generation++;
      known.clear();
    },
  };
}
