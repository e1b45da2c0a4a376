import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { nameSqliteFile, type TestDatabase } from '../../support/testDatabase';
import { DatabaseInUseError } from '../../../src/store/engine/sqliteLock';
import { openStore } from '../../../src/store/store';

describe('an SQLite file', () => {
  let database: TestDatabase;
  beforeEach(() => {
    database = nameSqliteFile();
  });
  afterEach(() => database.drop());

  it('is refused to whoever comes second, with what to do instead', async () => {
    const first = await openStore({ url: database.url });
    const second = openStore({ url: database.url });
    await expect(second).rejects.toThrow(DatabaseInUseError);
    await expect(second).rejects.toThrow(/stop the other one.*PostgreSQL/);
    await first.close();
  });

  it('is free again once it was closed, with all that is in it', async () => {
    const first = await openStore({ url: database.url });
    await first.faults.record({ code: 'test', status: 402, reason: 'A test.' }, () => 1000);
    await first.close();
    const second = await openStore({ url: database.url });
    expect(await second.faults.current()).toMatchObject({ code: 'test', status: 402 });
    await second.close();
  });

  it('and what lies beside it is for the user of the service alone, its folder too', async () => {
    const folder = join(dirname(database.url.slice('sqlite:'.length)), 'made');
    const store = await openStore({ url: `sqlite:${join(folder, 'new.db')}` });
    await store.faults.record({ code: 'test', status: 402, reason: 'A test.' }, () => 1000);
    const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8);
    const files = readdirSync(folder);
    expect(files).toEqual(expect.arrayContaining(['new.db', 'new.db-lock', 'new.db-shm', 'new.db-wal']));
    expect(files.map((name) => [name, modeOf(name)])).toEqual(files.map((name) => [name, '600']));
    expect(modeOf('.')).toBe('700');
    await store.close();
  });

  it('that is there keeps the permissions that somebody gave it', async () => {
    const path = database.url.slice('sqlite:'.length);
    await (await openStore({ url: database.url })).close();
    chmodSync(path, 0o640);
    const store = await openStore({ url: database.url });
    expect((statSync(path).mode & 0o777).toString(8)).toBe('640');
    await store.close();
  });

  describe('by another name', () => {
    let elsewhere: string;
    beforeEach(() => {
      elsewhere = mkdtempSync(join(dirname(path()), 'elsewhere-'));
    });
    afterEach(() => rmSync(elsewhere, { recursive: true, force: true }));

    const path = () => database.url.slice('sqlite:'.length);
    const link = (target: string, name = 'other.db') => {
      symlinkSync(target, join(elsewhere, name));
      return join(elsewhere, name);
    };
    const names: [what: string, otherName: () => string][] = [
      ['a link to the file', () => link(path())],
      ['a link from a folder of its own', () => link(relative(elsewhere, path()))],
      ['a link to a link', () => link(link(path()), 'another.db')],
      ['a link to the folder', () => join(link(dirname(path()), 'folder'), basename(path()))],
      ['a longer way', () => join(dirname(path()), '..', basename(dirname(path())), '.', basename(path()))],
    ];

    it.each(names)('is refused, too: %s', async (_what, otherName) => {
      const first = await openStore({ url: database.url });
      await expect(openStore({ url: `sqlite:${otherName()}` })).rejects.toThrow(DatabaseInUseError);
      await first.close();
    });

    it.each(names)(
      'is refused to whoever comes second by its own name: %s, before there was a file',
      async (_what, otherName) => {
        const first = await openStore({ url: `sqlite:${otherName()}` });
        expect(existsSync(path())).toBe(true);
        await expect(openStore({ url: database.url })).rejects.toThrow(DatabaseInUseError);
        await first.close();
      },
    );

    it('is made where a link leads, with the folder', async () => {
      const target = join(elsewhere, 'later', 'store.db');
      const first = await openStore({ url: `sqlite:${link(target)}` });
      await expect(openStore({ url: `sqlite:${target}` })).rejects.toThrow(DatabaseInUseError);
      await first.close();
    });

    it('holds nobody up whose file is another one of the same name', async () => {
      mkdirSync(join(elsewhere, 'data'));
      const first = await openStore({ url: database.url });
      const second = await openStore({ url: `sqlite:${join(elsewhere, 'data', basename(path()))}` });
      await expect(second.ping()).resolves.toBeUndefined();
      await second.close();
      await first.close();
    });

    it('is told of where the link leads round in a circle', async () => {
      symlinkSync('a.db', join(elsewhere, 'b.db'));
      await expect(openStore({ url: `sqlite:${link('b.db', 'a.db')}` })).rejects.toThrow('ELOOP');
    });

    it('is refused where it has two names of its own, each of which would get its own log', async () => {
      await (await openStore({ url: database.url })).close();
      linkSync(path(), join(elsewhere, 'other.db'));
      for (const name of [path(), join(elsewhere, 'other.db')])
        await expect(openStore({ url: `sqlite:${name}` })).rejects.toThrow(/2 names.*remove the others/);
    });
  });

  it('is no file at all in memory', async () => {
    const first = await openStore({ url: 'sqlite::memory:' });
    const second = await openStore({ url: 'sqlite::memory:' });
    expect(existsSync(':memory:') || existsSync(':memory:-lock')).toBe(false);
    await first.close();
    await second.close();
  });
});
