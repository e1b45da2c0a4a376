import { execFileSync } from 'node:child_process';
import { openDatabase } from '../../../src/store/engine/database';
import { storeOn, type Store } from '../../../src/store/store';
import { createTestDatabase, ENGINES } from '../../support/testDatabase';

const ANN = '+14155550101';
const KEEPS = ['number', 'hash'] as const;

/** What another instance does meanwhile, committed before anything goes on here. */
function meanwhile(url: string, statement: string): void {
  const script = `
    const client = new (require('pg').Client)({ connectionString: ${JSON.stringify(url)} });
    client.connect().then(() => client.query(${JSON.stringify(statement)})).then(() => client.end());`;
  execFileSync(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'pipe'] });
}

const STOP = `insert into opt_outs (recipient_number, source, opted_out_at) values ('${ANN}', 'keyword', 1)`;
const REPLY = `
  insert into inbound_messages (plivo_message_uuid, from_number, to_number, message_text, needs_review, created_at)
  values ('u', '${ANN}', '+14155550100', 'leave me alone', 1, 1)`;

type World = { readonly store: Store; readonly statements: number; readonly erased: string; close(): Promise<void> };

/** Ann is erased, and something happens after so many statements of that. */
async function erase(keptAs: (typeof KEEPS)[number], happens: string | null, after: number): Promise<World> {
  const testDatabase = await createTestDatabase('postgres');
  let statements = 0;
  let isErasing = false;
  const onStatement = () => {
    if (isErasing && ++statements === after && happens !== null) meanwhile(testDatabase.url, happens);
  };
  const database = await openDatabase({ url: testDatabase.url, onStatement });
  const store = storeOn(database);
  isErasing = true;
  const erased = await store.erasure.erase(ANN, keptAs);
  isErasing = false;
  return {
    store,
    statements,
    erased: erased.kind,
    async close() {
      await store.close();
      await testDatabase.drop();
    },
  };
}

const onPostgres = ENGINES.includes('postgres') ? describe : describe.skip;

onPostgres.each(KEEPS)('While a person is erased whose opt-out is kept as a %s (PostgreSQL only)', (keptAs) => {
  it('their STOP holds, and an unread reply keeps its sender, wherever in it they come to another instance', async () => {
    const undisturbed = await erase(keptAs, null, 0);
    await undisturbed.close();
    expect(undisturbed.erased).toBe('erased');
    expect(undisturbed.statements).toBeGreaterThan(5);
    for (let after = 1; after <= undisturbed.statements; after++) {
      const stopped = await erase(keptAs, STOP, after);
      const optedOut = await stopped.store.accepting.optedOutAmong([ANN]);
      await stopped.close();
      expect([after, [...optedOut]]).toEqual([after, [ANN]]);

      const replied = await erase(keptAs, REPLY, after);
      const { items } = await replied.store.inbound.list({ limit: 1, after: null });
      await replied.close();
      expect([after, items[0]]).toMatchObject([after, { from: ANN, text: 'leave me alone', needsReview: true }]);
    }
  });
});
