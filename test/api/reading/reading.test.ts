import type { Response } from 'supertest';
import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { expectNothingUnforeseen } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

type Page<T> = { data: T[]; next: string | null };
type Row = { recipient: string; status: string; batch: number | null; updatedAt: string };

describe.each(ENGINES)('reading on %s', (engine) => {
  let test: TestService;
  let done: string;
  let waiting: string;
  const bad = ['bad one', 'bad two', 'bad three'];
  const invalidAtPlivo = numbers(1, 7)[0]!;

  /** One broadcast is through; of another only the first of three batches was tried, as the account has no credit. */
  beforeAll(async () => {
    test = await startTestService({
      engine,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '10', PLIVO_MAX_CONCURRENCY: '1', PLIVO_RETRY_BASE_MS: '30000' },
      simulator: { invalidNumbers: [invalidAtPlivo] },
    });
    const body = { recipients: [...bad, ...numbers(25)], message: 'Hi', invalidRecipients: 'skip' };
    done = (await postBroadcast(test, { ...body, name: '=1+1' }).expect(202)).body.id as string;
    await broadcastWhen(test, done, ({ delivery }) => delivery['delivered'] === 24);
    test.simulator.addFault({ kind: 'status', status: 402, times: 0 });
    waiting = (await postBroadcast(test, body).expect(202)).body.id as string;
    await broadcastWhen(test, waiting, ({ errors }) => (errors as unknown[]).length > 0);
  });
  afterAll(() => test.stop());
  afterEach(async () => {
    for (const id of [done, waiting]) await expectNobodyMissing(test, id);
    const others = test.log.filter(({ message }) => !message.startsWith('Plivo refuses the account'));
    expectNothingUnforeseen({ ...test, log: others });
  });

  const pages = async <T>(path: string): Promise<Page<T>[]> => {
    const all: Page<T>[] = [];
    for (let cursor: string | null = ''; cursor !== null; cursor = all.at(-1)!.next) {
      const { body } = await get(test, `${path}${cursor === '' ? '' : `&cursor=${cursor}`}`).expect(200);
      all.push(body as Page<T>);
    }
    return all;
  };
  const everybody = [...bad, ...numbers(25)];

  it.each([1, 2, 3, 7, 9, 10, 11, 13, 27, 28, 29, 1000])(
    'pages of %d show everybody exactly once, in order, before and after their batch was sent',
    async (limit) => {
      for (const id of [done, waiting]) {
        const all = await pages<Row>(`/broadcast/${id}/recipients?limit=${limit}`);
        expect(all.flatMap(({ data }) => data.map(({ recipient }) => recipient))).toEqual(everybody);
        for (const page of all.slice(0, -1)) expect(page.data).toHaveLength(limit);
        expect(all).toHaveLength(Math.ceil(28 / limit));
      }
    },
  );

  it.each([1, 4, 100])('pages of %d with one status show all of that status and nobody else', async (limit) => {
    const of = async (id: string, status: string) =>
      (await pages<Row>(`/broadcast/${id}/recipients?status=${status}&limit=${limit}`)).flatMap(({ data }) => data);
    expect((await of(done, 'invalid')).map(({ recipient }) => recipient)).toEqual([...bad, invalidAtPlivo]);
    const delivered = await of(done, 'delivered');
    expect(delivered.map(({ recipient }) => recipient)).toEqual(numbers(25).filter((one) => one !== invalidAtPlivo));
    expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set(['delivered']));
    expect(await of(done, 'queued')).toEqual([]);
    expect((await of(waiting, 'queued')).map(({ recipient }) => recipient)).toEqual(numbers(25));
    expect((await of(waiting, 'invalid')).map(({ recipient }) => recipient)).toEqual(bad);
  });

  it('shows of each person all that the contract names', async () => {
    const { body } = await get(test, `/broadcast/${done}/recipients`).expect(200);
    expect(body.data[0]).toEqual({
      recipient: 'bad one',
      status: 'invalid',
      messageUuid: null,
      errorCode: null,
      errorReason: expect.stringMatching(/holds no number/),
      units: null,
      cost: null,
      batch: null,
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      notBefore: null,
      optedOutAt: null,
    });
    expect(body.data[3]).toMatchObject({
      status: 'delivered',
      messageUuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      units: 1,
      cost: expect.stringMatching(/^\d+\.\d+$/),
      batch: 1,
    });
  });

  it('streams the whole list as CSV to whoever asks for it', async () => {
    for (const id of [done, waiting]) {
      const response = await get(test, `/broadcast/${id}/recipients`, { accept: 'text/csv' }).expect(200);
      expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(response.headers['content-disposition']).toBe(`attachment; filename=broadcast-${id}.csv`);
      const [header, ...lines] = response.text.split('\r\n');
      expect(header).toBe(
        'recipient,status,messageUuid,errorCode,errorReason,units,cost,batch,updatedAt,notBefore,optedOutAt,text',
      );
      expect(lines.map((line) => line.split(',')[0])).toEqual([...everybody, '']);
    }
  });

  it('streams as CSV only those of one status where that is asked for', async () => {
    const path = `/broadcast/${waiting}/recipients?status=invalid`;
    const { text } = await get(test, path, { accept: 'text/csv' }).expect(200);
    expect(
      text
        .trim()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual(bad);
  });

  it('gives CSV in the parts that are asked for, each with the address of the next', async () => {
    const found: string[] = [];
    const first = `/broadcast/${done}/recipients`;
    for (let query: string | undefined = '?limit=2'; query !== undefined;) {
      const response: Response = await get(test, `${first}${query}`, { accept: 'text/csv' }).expect(200);
      const lines = response.text.trim().split('\r\n').slice(1);
      expect(lines.length).toBeLessThanOrEqual(2);
      found.push(...lines.map((line) => line.split(',')[0]!));
      query = /^<(.+)>; rel="next"$/.exec(response.headers['link'] ?? '')?.[1];
    }
    expect(found).toEqual(everybody);
    const { body } = await get(test, `${first}?limit=2`).expect(200);
    const rest = await get(test, `${first}?cursor=${body.next as string}`, { accept: 'text/csv' }).expect(200);
    expect(rest.headers).not.toHaveProperty('link');
    expect(rest.text.trim().split('\r\n')).toHaveLength(everybody.length - 1);
  });

  it('gives JSON to whoever takes anything', async () => {
    for (const accept of ['*/*', 'application/json', 'text/csv;q=0.1, application/json', 'text/html, */*']) {
      const response = await get(test, `/broadcast/${done}/recipients`, { accept }).expect(200);
      expect(response.type).toBe('application/json');
    }
  });

  it.each([1, 2, 3, 100])('pages of %d show every batch with what became of it', async (limit) => {
    const all = await pages<{ number: number }>(`/broadcast/${done}/batches?limit=${limit}`);
    expect(all.flatMap(({ data }) => data)).toEqual(
      [10, 10, 5].map((size, index) => ({
        number: index + 1,
        size,
        status: 'sent',
        attempts: 1,
        lastError: null,
        plivoResponse: expect.objectContaining({ batch: index + 1, message: 'message(s) queued' }),
        sender: null,
        notBefore: null,
        claimedAt: expect.stringMatching(/Z$/),
        updatedAt: expect.stringMatching(/Z$/),
      })),
    );
  });

  it('shows the batches of one state, page by page', async () => {
    const [first, second] = await pages<{ number: number }>(`/broadcast/${done}/batches?status=sent&limit=2`);
    expect([first!.data, second!.data].map((data) => data.map(({ number }) => number))).toEqual([[1, 2], [3]]);
    for (const status of ['held', 'pending', 'cancelled'])
      expect((await get(test, `/broadcast/${done}/batches?status=${status}`).expect(200)).body.data).toEqual([]);
    const refused = await get(test, `/broadcast/${done}/batches?status=lost`).expect(400);
    expect(refused.body.errors[0].path).toBe('status');
  });

  it('shows why a batch waits', async () => {
    const { body } = await get(test, `/broadcast/${waiting}/batches`).expect(200);
    expect(body.data).toMatchObject([
      {
        status: 'pending',
        attempts: 0,
        plivoResponse: null,
        lastError: { code: 'insufficient_credit', plivoStatus: 402 },
      },
      { status: 'pending', attempts: 0, lastError: null },
      { status: 'pending', attempts: 0, lastError: null },
    ]);
  });

  it.each([1, 2, 100])('pages of %d list the broadcasts, newest first, all or those of one status', async (limit) => {
    const ids = async (query: string) =>
      (await pages<{ id: string }>(`/broadcast?limit=${limit}${query}`)).flatMap(({ data }) =>
        data.map(({ id }) => id),
      );
    expect(await ids('')).toEqual([waiting, done]);
    expect(await ids('&status=completed')).toEqual([done]);
    expect(await ids('&status=processing')).toEqual([waiting]);
    expect(await ids('&status=failed')).toEqual([]);
  });

  it('says the same in the list as under the id', async () => {
    const { body } = await get(test, '/broadcast').expect(200);
    for (const listed of body.data)
      expect((await get(test, `/broadcast/${listed.id}`).expect(200)).body).toEqual(listed);
  });
});
