import { readKeyCommand, runKeyCommand } from '../../src/cli/keys/runKeys';
import { realTimers } from '../../src/composing/realTimers';
import { createKeyring } from '../../src/services/access/keyring';
import { createKeyStore } from '../../src/store/access/keyStore';
import { openDatabase, openDatabaseBeside, type Database } from '../../src/store/engine/database';
import { nameSqliteFile, type TestDatabase } from '../support/testDatabase';

describe('npm run keys, while a service holds the database', () => {
  let file: TestDatabase;
  let ofService: Database;
  const argv = process.argv;
  beforeAll(async () => {
    file = nameSqliteFile();
    ofService = await openDatabase({ url: file.url });
  });
  afterAll(async () => {
    await ofService.close();
    await file.drop();
  });
  afterEach(() => {
    process.argv = argv;
  });

  async function keys(...words: string[]): Promise<string[]> {
    const database = await openDatabaseBeside({
      url: file.url,
      actor: () => ({ id: null, name: 'npm run keys', address: null, requestId: null }),
    });
    const lines: string[] = [];
    try {
      process.argv = ['node', 'keys', ...words];
      const command = readKeyCommand('help');
      if (command !== null)
        await runKeyCommand(command, createKeyStore(database), (line) => lines.push(...line.split('\n')));
    } finally {
      await database.close();
    }
    return lines;
  }

  const whose = async (key: string) =>
    (await createKeyring({ keys: createKeyStore(ofService), timers: realTimers }).callerOf(key))?.name;

  it('makes a key that the service lets in, lists it without showing it, rotates and revokes it', async () => {
    const key = (await keys('create', '--name', 'web', '--scopes', 'send,read', '--daily-recipients', '500')).at(-1)!;
    expect(await whose(key)).toBe('web');
    const list = (await keys('list')).join('\n');
    expect(list).toContain('web  send,read');
    expect(list).toContain('500 people a day');
    expect(list).not.toContain(key);
    const next = (await keys('rotate', 'web')).at(-1)!;
    expect([await whose(key), await whose(next)]).toEqual(['web', 'web']);
    const last = (await keys('rotate', 'web', '--overlap', '0')).at(-1)!;
    expect([await whose(key), await whose(next), await whose(last)]).toEqual([undefined, undefined, 'web']);
    expect(await keys('revoke', 'web')).toEqual([expect.stringContaining('Revoked web')]);
    expect(await keys('list')).toEqual([]);
    expect(await whose(last)).toBeUndefined();
  });

  it.each([
    [['create', '--name', 'x', '--scopes', 'everything'], /"scopes" must be/],
    [['create', '--scopes', 'read'], /"name" must be/],
    [['revoke', 'nobody'], /no key "nobody"/],
    [['rotate'], /Say what to do/],
    [[], /Say what to do/],
    [['list', '--colour'], /colour/],
  ])('says what is wrong with %j', async (words, told) => {
    await expect(keys(...words)).rejects.toThrow(told);
  });
});
