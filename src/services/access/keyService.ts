import { randomUUID } from 'node:crypto';
import type { Caller } from '../../domain/access/caller';
import type { NewKeyWish } from '../../domain/access/keyWish';
import type { Scope } from '../../domain/access/scopes';
import { ServiceError } from '../../domain/errors';
import type { ApiKey, KeyStore } from '../../store/access/keyStore';
import type { Keyring } from './keyring';
import { makeKey } from './keySecrets';

/** A key with what opens the door, which is known to nobody afterwards. */
export type ShownKey = { readonly apiKey: ApiKey; readonly key: string };

export type KeyService = {
  /** @throws ServiceError `conflict` where another key has the name; `missing_scope` where it could do more than its maker */
  create(wish: NewKeyWish, by: Caller): Promise<ShownKey>;
  /**
   * Gives the key another secret; the one before goes on working for so long.
   *
   * @throws ServiceError `not_found`; `missing_scope` where it can do more than who asks
   */
  rotate(id: string, overlapMs: number, by: Caller): Promise<ShownKey>;
  /** @throws ServiceError `not_found` */
  revoke(id: string, by: Caller): Promise<void>;
};

export type KeyServiceDeps = { readonly keys: KeyStore; readonly keyring: Pick<Keyring, 'forget'> };

/** Makes and ends keys. Nobody can hand out more than they have, or take over a key that may do more. */
export function createKeyService({ keys, keyring }: KeyServiceDeps): KeyService {
  async function existing(id: string): Promise<ApiKey> {
    const key = await keys.find(id);
    if (key === null) throw noSuchKey();
    return key;
  }

  return {
    async create(wish, by) {
      refuseMoreThan(by, wish.scopes);
      const { key, ...kept } = makeKey();
      const created = await keys.create({ id: randomUUID(), createdBy: by.name, ...wish, ...kept });
      if (created === null)
        throw new ServiceError('conflict', 'There is a key of this name. Choose another one, or revoke that first.');
      return { apiKey: created, key };
    },

    async rotate(id, overlapMs, by) {
      refuseMoreThan(by, (await existing(id)).scopes);
      const { key, ...kept } = makeKey();
      const rotated = await keys.rotate(id, { ...kept, overlapMs });
      keyring.forget();
      if (rotated === null) throw noSuchKey();
      return { apiKey: rotated, key };
    },

    async revoke(id, by) {
      refuseMoreThan(by, []);
      const isRevoked = await keys.revoke(id);
      keyring.forget();
      if (!isRevoked) throw noSuchKey();
    },
  };
}

const noSuchKey = () => new ServiceError('not_found', 'There is no key with this id.');

/** @throws ServiceError `missing_scope` */
function refuseMoreThan(by: Caller, scopes: readonly Scope[]): void {
  if (by.ownOnly || by.dailyRecipients !== null)
    throw new ServiceError(
      'missing_scope',
      'A key that is itself limited, by ownOnly or dailyRecipients, makes no keys.',
    );
  const more = scopes.filter((scope) => !by.scopes.includes(scope));
  if (more.length > 0)
    throw new ServiceError('missing_scope', `Your key lacks ${more.join(', ')}, and cannot hand out what it has not.`);
}
