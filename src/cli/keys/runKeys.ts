import { OPERATOR } from '../../domain/access/caller';
import { newKeyOf, overlapOf } from '../../domain/access/keyWish';
import { ServiceError } from '../../domain/errors';
import { createKeyService, type ShownKey } from '../../services/access/keyService';
import type { ApiKey, KeyStore } from '../../store/access/keyStore';
import { FLAG, readCommand, TEXT, UsageError, wholeNumber } from '../terminal/commandLine';

const OPTIONS = {
  name: TEXT,
  scopes: TEXT,
  'own-only': FLAG,
  'daily-recipients': TEXT,
  overlap: TEXT,
  database: TEXT,
} as const;

export type KeyCommand = NonNullable<ReturnType<typeof readKeyCommand>>;

/** What was asked for; null where it was the help. */
export const readKeyCommand = (help: string) => readCommand(help, OPTIONS);

/**
 * Does what was asked for, as whoever has the database may do everything.
 *
 * @throws UsageError
 */
export async function runKeyCommand(
  { words, options }: KeyCommand,
  keys: KeyStore,
  print: (line: string) => void,
): Promise<void> {
  const service = createKeyService({ keys, keyring: { forget: () => undefined } });
  const [what, which, ...others] = words;
  if (others.length > 0) throw new UsageError(`"${others[0]}" is one word too many.`);
  if (what === 'create' && which === undefined) {
    await asked(async () => tell(await service.create(newKeyOf(wishOf(options)), OPERATOR), print));
  } else if (what === 'list' && which === undefined) {
    for (const key of await everyKey(keys)) print(lineOf(key));
  } else if (what === 'rotate' && which !== undefined) {
    const { overlap } = options;
    const { id } = await named(keys, which);
    await asked(async () => {
      const ms = overlapOf(overlap === undefined ? {} : { overlapSeconds: wholeNumber('overlap', overlap) });
      tell(await service.rotate(id, ms, OPERATOR), print);
    });
  } else if (what === 'revoke' && which !== undefined) {
    const { id, name } = await named(keys, which);
    await asked(() => service.revoke(id, OPERATOR));
    print(`Revoked ${name}. Every instance refuses it within five seconds.`);
  } else {
    throw new UsageError('Say what to do: create, list, rotate KEY or revoke KEY.');
  }
}

/** As a request would say it, whose rules it is held against. */
const wishOf = (options: KeyCommand['options']) => ({
  name: options.name,
  scopes: (options.scopes ?? '').split(',').map((scope) => scope.trim()),
  ownOnly: options['own-only'] === true,
  dailyRecipients:
    options['daily-recipients'] === undefined ? null : wholeNumber('daily-recipients', options['daily-recipients']),
});

/** What a service would answer with a status is told like a faulty option. */
async function asked(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof ServiceError ? new UsageError(error.message) : error;
  }
}

/** The key itself on a line of its own, for `| tail -1`. */
function tell({ apiKey, key }: ShownKey, print: (line: string) => void): void {
  print(`${lineOf(apiKey)}\nThe key, which is not shown again:\n${key}`);
}

async function everyKey(keys: KeyStore): Promise<ApiKey[]> {
  const all: ApiKey[] = [];
  for (let after: number | null | undefined; after !== null;) {
    const page: Awaited<ReturnType<KeyStore['list']>> = await keys.list({ limit: 1000, after: after ?? null });
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

/** @throws UsageError */
async function named(keys: KeyStore, which: string): Promise<ApiKey> {
  const found = (await everyKey(keys)).find(({ id, name }) => name === which || id === which);
  if (found === undefined) throw new UsageError(`There is no key "${which}".`);
  return found;
}

function lineOf(key: ApiKey): string {
  const limits = [
    ...(key.ownOnly ? ['own only'] : []),
    ...(key.dailyRecipients === null ? [] : [`${key.dailyRecipients} people a day`]),
  ];
  const used = key.lastUsedAt === null ? 'never used' : `last used ${new Date(key.lastUsedAt).toISOString()}`;
  return [key.id, key.name, key.scopes.join(','), `${key.prefix}…`, ...limits, used].join('  ');
}
