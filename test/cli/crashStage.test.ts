import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import pg from 'pg';
import { closingTable, newTotals } from '../../src/cli/crash/report';
import { startCuttingProxy, type Cut, type CuttingProxy } from '../../src/cli/crash/stage/cuttingProxy';
import { RESTART_MODES, startOwnCluster } from '../../src/cli/crash/stage/ownCluster';
import { findPostgresPrograms } from '../../src/cli/crash/stage/postgresPrograms';

const isRefused = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

describe('a connection that is cut', () => {
  /** Bodies that came whole. */
  const heard: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push(body);
      response.end('taken '.repeat(200));
    });
  });
  let proxy: CuttingProxy;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    heard.length = 0;
    proxy = await startCuttingProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  });
  afterEach(() => proxy.close());
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const post = (body: string) =>
    fetch(`http://127.0.0.1:${proxy.port}/`, { method: 'POST', body })
      .then((response) => response.text())
      .then(
        (text) => text.length,
        () => 'no answer' as const,
      );

  it.each<[Cut, string[]]>([
    ['within the request', []],
    ['before the answer', ['Doors open at 9.']],
    ['within the answer', ['Doors open at 9.']],
  ])('%s leaves the caller without one; whether it was heard depends on where', async (cut, expected) => {
    proxy.cutNext(cut);
    expect(await post('Doors open at 9.')).toBe('no answer');
    expect(heard).toEqual(expected);
    expect(await post('Doors open at 10.')).toBe(1200);
    expect(proxy.cutsMade()).toBe(1);
    expect(proxy.cutsMade()).toBe(0);
  });

  it('is not, where what was to come is called off', async () => {
    proxy.cutNext('before the answer');
    proxy.spare();
    expect(await post('Doors open at 9.')).toBe(1200);
    expect(proxy.cutsMade()).toBe(0);
  });

  it('leaves nothing open when its way is closed', async () => {
    await post('Doors open at 9.');
    await proxy.close();
    expect(await isRefused(proxy.port)).toBe(true);
  });
});

const programs = findPostgresPrograms();
const withPrograms = typeof programs === 'string' ? describe.skip : describe;

withPrograms("the crash test's own PostgreSQL", () => {
  it('comes back after a restart of either kind with all that was committed, and leaves nothing behind', async () => {
    if (typeof programs === 'string') throw new Error(programs);
    const cluster = await startOwnCluster(programs);
    const query = async (statement: string) => {
      const client = new pg.Client({ connectionString: cluster.url });
      await client.connect();
      const { rows } = await client.query<{ n: number }>(statement);
      await client.end();
      return rows;
    };
    try {
      await query('create table kept (n int)');
      for (const [n, mode] of RESTART_MODES.entries()) {
        await query(`insert into kept values (${n})`);
        await cluster.restart(mode);
        expect(await query('select n from kept order by n')).toHaveLength(n + 1);
      }
    } finally {
      await cluster.stop(false);
    }
    expect(await isRefused(Number(new URL(cluster.url).port))).toBe(true);
    expect(existsSync(cluster.folder)).toBe(false);
  });
});

describe('the closing table', () => {
  const lines = closingTable([
    newTotals('sqlite'),
    { ...newTotals('postgres'), restarts: 2, databaseCuts: 3, notes: ['PostgreSQL was not restarted: no server.'] },
  ]);

  it('counts what was done to each engine', () => {
    expect(lines.find((line) => line.includes('PostgreSQL restarted'))).toMatch(/ 0 +2$/);
    expect(lines.find((line) => line.includes('cut on the way to it'))).toMatch(/ 0 +3$/);
  });

  it('says what could not be done', () => {
    expect(lines.at(-1)).toBe('  PostgreSQL was not restarted: no server.');
  });
});
