import { send } from '../../support/compliance';
import { get } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

describe.each(ENGINES)('Templates on %s', (engine) => {
  let test: TestService;
  let made = 0;
  let name = '';
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  afterAll(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });
  beforeEach(() => {
    name = `template-${++made}`;
  });

  const put = (message: unknown, more: object = {}) => send(test, 'put', `/templates/${name}`, { message, ...more });
  const read = async (query = '') => (await get(test, `/templates/${name}${query}`).expect(200)).body as object;

  it('have a version for every change, and none where the text stays', async () => {
    const first = await put('Doors open at 9.').expect(201);
    expect(first.headers['location']).toBe(`/templates/${name}`);
    expect(first.body).toMatchObject({ name, version: 1, latestVersion: 1, message: 'Doors open at 9.' });
    expect((await put('Doors open at 9.').expect(200)).body).toMatchObject({ version: 1 });
    expect((await put('Doors open at 10.').expect(200)).body).toMatchObject({ version: 2 });
    expect(await read()).toMatchObject({ version: 2, latestVersion: 2, message: 'Doors open at 10.' });
    expect(await read('?version=1')).toMatchObject({ version: 1, latestVersion: 2, message: 'Doors open at 9.' });
    expect((await put('Doors open at 9.').expect(200)).body).toMatchObject({ version: 3 });
  });

  it('are one text however its letters are put together', async () => {
    await put('Cafe\u0301').expect(201);
    expect((await put('Caf\u00e9').expect(200)).body).toMatchObject({ version: 1, message: 'Caf\u00e9' });
  });

  it('make one version of one text however many send it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => put('Doors open at 9.')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(await read()).toMatchObject({ version: 1, latestVersion: 1 });
  });

  it('go with a DELETE; one of the same name goes on counting, so that a version never means two texts', async () => {
    await put('One').expect(201);
    await put('Two').expect(200);
    await send(test, 'delete', `/templates/${name}`).expect(204);
    expectProblem(await get(test, `/templates/${name}`), 404);
    expectProblem(await get(test, `/templates/${name}?version=1`), 404);
    expectProblem(await send(test, 'delete', `/templates/${name}`), 404);
    expect((await put('Three').expect(201)).body).toMatchObject({ version: 3, latestVersion: 3 });
    expectProblem(await get(test, `/templates/${name}?version=2`), 404);
  });

  it('are listed by name in their latest version, page by page', async () => {
    const names = ['a', 'b', 'c'].map((each) => `${name} ${each}`);
    for (const each of names) {
      await send(test, 'put', `/templates/${encodeURIComponent(each)}`, { message: 'Old' }).expect(201);
      await send(test, 'put', `/templates/${encodeURIComponent(each)}`, { message: each }).expect(200);
    }
    const found: string[] = [];
    for (let path: string | null = '/templates?limit=2'; path !== null;) {
      const { body } = (await get(test, path).expect(200)) as {
        body: { data: { message: string }[]; next: string | null };
      };
      found.push(...body.data.map(({ message }) => message));
      path = body.next === null ? null : `/templates?limit=2&cursor=${body.next}`;
    }
    expect(found.filter((each) => each.startsWith(`${name} `))).toEqual(names);
  });

  it.each<[what: string, body: object, path: string]>([
    ['no text', {}, 'message'],
    ['a text that is none', { message: 1 }, 'message'],
    ['nothing to be seen', { message: ' \n' }, 'message'],
    ['a text that is too long', { message: 'x'.repeat(1601) }, 'message'],
    ['characters that were lost', { message: 'Caf\ufffd' }, 'message'],
    ['another field', { message: 'Hi', sender: 'X' }, 'sender'],
  ])('are refused with %s, and stay as they were', async (_what, body, path) => {
    await put('Doors open at 9.').expect(201);
    const answer = await send(test, 'put', `/templates/${name}`, body);
    expectProblem(answer, 400);
    expect(answer.body.errors[0]).toMatchObject({ path });
    expect(await read()).toMatchObject({ version: 1 });
  });

  it('refuse versions, names and methods that are none', async () => {
    await put('Doors open at 9.').expect(201);
    for (const version of ['0', 'x', '-1', '1.5'])
      expectProblem(await get(test, `/templates/${name}?version=${version}`), 400);
    expectProblem(await get(test, `/templates/${name}?version=2`), 404);
    expectProblem(await send(test, 'put', '/templates/a%2Fb', { message: 'Hi' }), 400);
    expectProblem(await send(test, 'post', `/templates/${name}`, { message: 'Hi' }), 405);
  });
});
