import { createBroadcaster, ProblemError, type BroadcastEvent, type Broadcaster } from '../../src/client/index';
import { numbers } from '../support/client';
import { write } from '../support/compliance';
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

  it('tries the very text out on a few, and lists broadcasts and calls', async () => {
    const request = { message: 'Doors open at 13.', recipients: numbers(60, 400) };
    const tried = await sms.sendTest({ ...request, to: numbers(1, 500) });
    expect(tried).toMatchObject({ test: true, recipients: { accepted: 1 }, text: 'Doors open at 13.' });
    const { id } = await sms.send(request);
    await sms.wait(id);
    const known = await everything(sms.broadcasts({ pageSize: 1 }));
    expect(known[0]).toMatchObject({ id });
    expect(known.map((one) => one.id)).not.toContain(tried.id);
    expect((await everything(sms.batches(id))).map(({ number, size }) => [number, size])).toEqual([
      [1, 50],
      [2, 10],
    ]);
    expect(await sms.account()).toMatchObject({ balance: { currency: 'USD' }, faults: [] });
  });

  it('keeps lists of people', async () => {
    const [ann, bob, cem] = numbers(3, 600) as [string, string, string];
    const list = await sms.lists.replace('friends & family', [{ to: ann, name: 'Ann' }, bob]);
    expect(list).toMatchObject({ name: 'friends & family', recipients: 2 });
    expect(await sms.lists.add('friends & family', [{ to: cem, name: 'Cem' }])).toMatchObject({ upload: { added: 1 } });
    await sms.lists.removePerson('friends & family', bob);
    expect(await everything(sms.lists.people('friends & family'))).toEqual([
      { to: ann, name: 'Ann' },
      { to: cem, name: 'Cem' },
    ]);
    expect(await sms.lists.show('friends & family')).toMatchObject({ recipients: 2 });
    expect((await everything(sms.lists.all())).map(({ name }) => name)).toEqual(['friends & family']);
    await sms.lists.remove('friends & family');
    await expect(sms.lists.show('friends & family')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps the opt-out list, and reads and settles what people wrote', async () => {
    const [ann, bob, cem] = numbers(3, 700) as [string, string, string];
    expect(await sms.optOuts.importCsv(`name,phone\nAnn,${ann}\nBob,${bob}\n`)).toMatchObject({ imported: 2 });
    await sms.optOuts.add(cem, { note: 'asked by phone' });
    expect((await everything(sms.optOuts.all({ pageSize: 2 }))).map(({ number }) => number).sort()).toEqual([
      ann,
      bob,
      cem,
    ]);
    await sms.optOuts.remove(bob);
    expect(await sms.optOuts.show(bob)).toBeNull();
    expect(await sms.optOuts.show(ann)).toMatchObject({ source: 'import' });
    await write(test, bob, 'please no more of these', { intent: '' });
    const [text] = await everything(sms.inbound({ needsReview: true }));
    expect(text).toMatchObject({ from: bob, text: 'please no more of these' });
    expect(await sms.review(text!.messageUuid, 'optOut')).toMatchObject({
      needsReview: false,
      reviewed: { as: 'optOut' },
    });
    expect(await sms.optOuts.show(bob)).not.toBeNull();
    expect(await everything(sms.inbound({ needsReview: true }))).toEqual([]);
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
