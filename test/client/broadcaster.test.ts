import { createBroadcaster, ProblemError, type BroadcastEvent, type Broadcaster } from '../../src/client/index';
import { numbers } from '../support/client';
import { API_KEY, startTestService, type TestService } from '../support/testService';

describe('a program that uses the client', () => {
  let test: TestService;
  let sms: Broadcaster;
  beforeAll(async () => {
    test = await startTestService({ env: { PLIVO_BULK_MESSAGE_LIMIT: '50' } });
    sms = createBroadcaster({ url: `${test.url}/`, key: API_KEY });
  });
  afterAll(() => test.stop());

  const everything = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
    const all: Item[] = [];
    for await (const item of items) all.push(item);
    return all;
  };

  it('sends, follows what happens to the end, and reads what became of each person', async () => {
    const { id, status } = await sms.send(
      { message: 'Doors open at 9.', recipients: numbers(120) },
      { waitSeconds: 0 },
    );
    expect(status).not.toBe('failed');
    const events: BroadcastEvent[] = await everything(sms.follow(id));
    expect(events[0]).toMatchObject({ type: 'progress', broadcast: { id } });
    expect(events.at(-1)).toEqual({ type: 'end', id, status: 'completed' });
    const people = await everything(sms.recipients(id, { pageSize: 50 }));
    expect(people.map(({ recipient }) => recipient).sort()).toEqual(numbers(120).sort());
  });

  it('waits until nothing is left to send', async () => {
    const { id } = await sms.send({ message: 'Doors open at 10.', recipients: numbers(60, 200) }, { waitSeconds: 0 });
    expect(await sms.wait(id)).toMatchObject({ id, status: 'completed', batches: { total: 2, sent: 2 } });
  });

  it('sends exactly what was previewed, and nothing where something else would go', async () => {
    const request = { message: 'Doors open at 11.', recipients: numbers(2, 300) };
    const preview = await sms.preview(request);
    expect(preview).toMatchObject({ recipients: { accepted: 2 }, batches: 1 });
    const other = sms.sendPreviewed({ ...request, message: 'Doors open at 12.' }, preview);
    await expect(other).rejects.toMatchObject({ name: 'ProblemError', code: 'preview_outdated', status: 412 });
    expect(await sms.sendPreviewed(request, preview.digest)).toMatchObject({ recipients: { accepted: 2 } });
  });

  it('asks who it is', async () => {
    expect(await sms.whoAmI()).toMatchObject({ kind: 'api_key', name: 'API_KEY', ownOnly: false });
  });

  it('is told what is wrong with what it sends, in a form that programs understand', async () => {
    const error = await sms.send({ message: 'Hi', recipients: ['+1415'] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ code: 'invalid_request', status: 400, errorCount: 1 });
    expect((error as ProblemError).errors[0]).toMatchObject({ path: 'recipients[0]', value: '+1415' });
    expect((error as ProblemError).requestId).toMatch(/\S/);
  });
});
