import { broadcastWhen, get, numbers, postBroadcast, readBroadcast, reportedAndOver } from '../../support/client';
import { send } from '../../support/compliance';
import { as, makeKey, type MadeKey } from '../../support/keys';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const DAY_MS = 86_400_000;
const ABOVE = 3;
type Approval = { state: string; digest: string; expiresAt: string };

describe.each(ENGINES)('a broadcast to more people than APPROVAL_ABOVE on %s', (engine) => {
  let first: TestService;
  let test: TestService;
  let second: MadeKey;
  let third: MadeKey;
  let ahead = 0;
  beforeAll(async () => {
    first = test = await startTestService({
      engine,
      env: { APPROVAL_ABOVE: String(ABOVE), PLIVO_BULK_MESSAGE_LIMIT: '2' },
      clock: () => Date.now() + ahead,
    });
    second = await makeKey(test, ['approve', 'read']);
    third = await makeKey(test, ['approve', 'read', 'send']);
  });
  afterAll(async () => {
    await test.stop();
    await first.stop();
  });
  beforeEach(() => {
    ahead = 0;
  });

  let used = 0;
  const body = (count = ABOVE + 1, more: object = {}) => ({
    message: 'Doors open at 9.',
    recipients: numbers(count, (used += 100)),
    ...more,
  });
  const waiting = async (sent: object = body(), headers: Record<string, string> = {}) => {
    const { body: broadcast } = await postBroadcast(test, sent, headers).expect(202);
    expect(broadcast).toMatchObject({ status: 'awaiting_approval', approval: { state: 'pending' } });
    return broadcast as { id: string; approval: Approval; createdAt: string };
  };
  const approve = (key: MadeKey, { id, approval }: { id: string; approval: Pick<Approval, 'digest'> }) =>
    as(test, key).post(`/broadcast/${id}/approve`).send({ digest: approval.digest });
  const reject = (key: MadeKey, { id }: { id: string }, reason = 'The date is wrong.') =>
    as(test, key).post(`/broadcast/${id}/reject`).send({ reason });
  const textsTo = (people: readonly string[]) =>
    people.reduce((sum, number) => sum + (test.simulator.texts().get(number.slice(1)) ?? 0), 0);

  /** One that came later is through: by then, whoever looks for what may go has looked at all that came before. */
  const laterOneIsThrough = async () => {
    const { body: later } = await postBroadcast(test, body(ABOVE)).expect(202);
    await reportedAndOver(test, later.id, ABOVE);
  };

  it('goes once somebody else has approved what was accepted, and to everybody once', async () => {
    const sent = body();
    const broadcast = await waiting(sent, { prefer: 'wait=30' });
    const within = Date.parse(broadcast.approval.expiresAt) - Date.parse(broadcast.createdAt);
    expect(Math.abs(within - DAY_MS)).toBeLessThan(1000);
    await laterOneIsThrough();
    expect(textsTo(sent.recipients)).toBe(0);
    const { body: approved } = await approve(second, broadcast).expect(200);
    expect(approved.approval).toMatchObject({ state: 'approved', decidedBy: second.name });
    await reportedAndOver(test, broadcast.id, ABOVE + 1);
    expect(textsTo(sent.recipients)).toBe(ABOVE + 1);
  });

  it('has the digest that a preview of the same has', async () => {
    const sent = body();
    const { body: preview } = await send(test, 'post', '/broadcast/preview', sent).expect(200);
    expect((await waiting(sent)).approval.digest).toBe(preview.digest);
  });

  it('is told apart from one that is small enough, which goes at once', async () => {
    const { body: small } = await postBroadcast(test, body(ABOVE)).expect(202);
    expect(small.approval).toBeNull();
    await reportedAndOver(test, small.id, ABOVE);
  });

  it('is not for its author to decide, whatever scopes they have', async () => {
    const own = await as(test, third).post('/broadcast').send(body()).expect(202);
    for (const refused of [await approve(third, own.body), await reject(third, own.body)]) {
      expectProblem(refused, 403);
      expect(refused.body.type).toContain('own_broadcast');
    }
    await approve(second, own.body).expect(200);
  });

  it('does not go with another digest, or with none', async () => {
    const broadcast = await waiting();
    expectProblem(await approve(second, { ...broadcast, approval: { digest: 'another' } }), 412);
    expectProblem(await as(test, second).post(`/broadcast/${broadcast.id}/approve`).send({}), 400);
    expect((await readBroadcast(test, broadcast.id)).status).toBe('awaiting_approval');
  });

  it('is cancelled with the reason where it is rejected, and cannot be approved any more', async () => {
    const broadcast = await waiting();
    await reject(second, broadcast).expect(200);
    const rejected = await readBroadcast(test, broadcast.id);
    expect(rejected).toMatchObject({
      status: 'cancelled',
      approval: { state: 'rejected', reason: 'The date is wrong.', decidedBy: second.name },
      delivery: { cancelled: ABOVE + 1, queued: 0 },
      errors: [expect.objectContaining({ code: 'approval_rejected' })],
    });
    expectProblem(await approve(second, broadcast), 409);
    expectProblem(await reject(second, broadcast, ' '), 400);
  });

  it('is decided once where two decide at the same moment', async () => {
    for (let round = 0; round < 4; round++) {
      const broadcast = await waiting();
      const answers = await Promise.all([
        approve(second, broadcast),
        approve(third, broadcast),
        reject(second, broadcast),
        approve(second, broadcast),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
      const end = await broadcastWhen(test, broadcast.id, ({ status }) => ['completed', 'cancelled'].includes(status));
      const isApproved = answers[2].status !== 200;
      expect(end.status).toBe(isApproved ? 'completed' : 'cancelled');
    }
  });

  it('is cancelled where nobody has decided within a day', async () => {
    const broadcast = await waiting();
    ahead = DAY_MS + 1;
    const expired = await broadcastWhen(test, broadcast.id, ({ delivery }) => delivery['cancelled'] === ABOVE + 1);
    expect(expired).toMatchObject({ status: 'cancelled', approval: { state: 'expired' } });
    expectProblem(await approve(second, broadcast), 409);
  });

  it('by local time is cancelled once the first of its people would be texted', async () => {
    const local = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16);
    const far = await waiting(body(ABOVE + 1, { sendAtLocal: local }));
    const within = Date.parse(far.approval.expiresAt) - Date.parse(far.createdAt);
    expect(Math.abs(within - DAY_MS)).toBeLessThan(1000);
    // It is 7 or 8 hours earlier there than by UTC.
    const soon = new Date(Date.now() + 60_000).toISOString().slice(0, 16);
    const near = await waiting(body(ABOVE + 1, { sendAtLocal: soon }));
    expect((await readBroadcast(test, near.id))['sendAt']).toBe(near.approval.expiresAt);
  });

  it('can be cancelled by its author, and neither paused nor resumed', async () => {
    const broadcast = await waiting();
    for (const word of ['pause', 'resume'])
      expectProblem(await send(test, 'post', `/broadcast/${broadcast.id}/${word}`), 409);
    const { body: cancelled } = await send(test, 'post', `/broadcast/${broadcast.id}/cancel`).expect(200);
    expect(cancelled).toMatchObject({ status: 'cancelled', approval: { state: 'withdrawn' } });
  });

  it('waits for its time where it was approved before that, and goes at once where it was after', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const early = await waiting(body(ABOVE + 1, { sendAt }));
    const late = await waiting(body(ABOVE + 1, { sendAt }));
    expect((await approve(second, early).expect(200)).body.status).toBe('scheduled');
    ahead = 3_700_000;
    await reportedAndOver(test, early.id, ABOVE + 1);
    expect((await readBroadcast(test, late.id)).status).toBe('awaiting_approval');
    await approve(second, late).expect(200);
    await reportedAndOver(test, late.id, ABOVE + 1);
  });

  it('leaves out who says STOP while it waits, by the same digest', async () => {
    const sent = body();
    const broadcast = await waiting(sent);
    await send(test, 'put', `/opt-outs/${sent.recipients[0]}`).expect(201);
    await approve(second, broadcast).expect(200);
    const end = await broadcastWhen(test, broadcast.id, ({ delivery }) => delivery['delivered'] === ABOVE);
    expect(end.delivery['optedOut']).toBe(1);
  });

  it('is listed by its status, and never texts anybody though the process dies and another one starts', async () => {
    const sent = body(40);
    const broadcast = await waiting(sent);
    const list = await get(test, '/broadcast?status=awaiting_approval').expect(200);
    expect(list.body.data).toContainEqual(expect.objectContaining({ id: broadcast.id }));
    await test.crash();
    test = await test.restart();
    await laterOneIsThrough();
    expect((await readBroadcast(test, broadcast.id)).status).toBe('awaiting_approval');
    expect(textsTo(sent.recipients)).toBe(0);
    await approve(second, broadcast).expect(200);
    await reportedAndOver(test, broadcast.id, 40);
    expect(textsTo(sent.recipients)).toBe(40);
  });

  it('of more calls than are written at once waits as well', async () => {
    const recipients = numbers(1200, 20_000);
    const broadcast = await waiting({ message: 'Doors open at 9.', recipients });
    await laterOneIsThrough();
    expect(textsTo(recipients)).toBe(0);
    await reject(second, broadcast).expect(200);
    await broadcastWhen(test, broadcast.id, ({ delivery }) => delivery['cancelled'] === 1200);
  });
});
