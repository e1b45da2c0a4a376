import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { openDatabase } from '../../../src/store/engine/database';
import { storeOn } from '../../../src/store/store';
import { numbers } from '../../support/client';
import { createTestDatabase } from '../../support/testDatabase';

const PEOPLE = numbers(200);
const ERASED = PEOPLE.slice(0, 100);
const KEPT = PEOPLE.slice(100);

it('Whoever was erased and is opted out as a hash is not in the bytes of an SQLite file either', async () => {
  const { url, ...testDatabase } = await createTestDatabase('sqlite');
  const path = url.slice('sqlite:'.length);
  const found = (people: readonly string[]) => {
    const files = [path, `${path}-wal`].filter((file) => existsSync(file));
    const bytes = Buffer.concat(files.map((file) => readFileSync(file))).toString('latin1');
    return people.filter((number) => bytes.includes(number.slice(1)));
  };
  const store = storeOn(await openDatabase({ url }));
  for (const from of PEOPLE)
    await store.inbound.keep({
      messageUuid: randomUUID(),
      from,
      to: '+14155550100',
      text: 'STOP',
      intent: null,
      keyword: 'optOut',
    });
  expect(found(PEOPLE)).toEqual(PEOPLE);
  for (const number of ERASED) await store.erasure.erase(number, 'hash');
  await store.close();
  expect(found(KEPT)).toEqual(KEPT);
  expect(found(ERASED)).toEqual([]);
  await testDatabase.drop();
});
