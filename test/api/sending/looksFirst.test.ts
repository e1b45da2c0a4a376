import request from 'supertest';
import { numbers, readBroadcast } from '../../support/client';
import { expectProblem } from '../../support/problem';
import { broadcast, post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

describe.each(ENGINES)('a broadcast under way on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine, env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PLIVO_BATCH_DELAY_MS: '60000' } });
  });
  afterAll(() => test.stop());

  const asked = (id: string, rest: string) =>
    request(test.url).post(`/broadcast/${id}/${rest}`).set('x-api-key', API_KEY);

  describe.each([
    ['pause', 'processing'],
    ['cancel', 'processing'],
    ['resume', 'paused'],
  ])('that is told to %s', (word, before) => {
    let id: string;
    beforeAll(async () => {
      id = await broadcast(test, numbers(20));
      if (before === 'paused') await post(test, `/broadcast/${id}/pause`).expect(200);
    });
    const unchanged = async () => {
      const { status, batches } = await readBroadcast(test, id);
      expect(status).not.toBe('cancelled');
      expect(status === 'paused').toBe(before === 'paused');
      expect(batches['cancelled']).toBe(0);
    };

    it.each(['?reason=x', '?dryRun=true'])('with the unknown parameter %s is left as it is', async (query) => {
      expectProblem(await asked(id, word + query), 400);
      await unchanged();
    });

    it.each(['{"batches":[3],"dryRun":true}', '{"reason":"x"}', '{"batches":[3]', '[]', '[3]', '"all"', 'null', '3'])(
      'with the body %s is left as it is',
      async (body) => {
        expectProblem(await asked(id, word).type('json').send(body), 400);
        await unchanged();
      },
    );

    it('with a form is left as it is', async () => {
      expectProblem(await asked(id, word).type('form').send('batches=3'), 415);
      await unchanged();
    });

    it.each([
      ['an empty object', (): request.Test => asked(id, word).send({})],
      ['no body', (): request.Test => asked(id, word)],
    ])('with %s does it, once', async (_what, ask) => {
      const { status } = await ask();
      expect([200, 409]).toContain(status);
      const now = (await readBroadcast(test, id)).status;
      if (word === 'resume') expect(now).not.toBe('paused');
      else expect(now).toBe(word === 'pause' ? 'paused' : 'cancelled');
    });
  });
});
