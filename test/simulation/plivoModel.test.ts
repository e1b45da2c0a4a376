import { createChance } from '../../src/simulation/clockwork/chance';
import { createTimeline, type Timeline } from '../../src/simulation/clockwork/timeline';
import { createLine, type Line } from '../../src/simulation/plivo/line';
import type { CallFate } from '../../src/simulation/plivo/callFates';
import type { Report } from '../../src/simulation/plivo/message';
import { createMessageListing } from '../../src/simulation/plivo/messageListing';
import { createPlivoAccount, type PlivoAccount } from '../../src/simulation/plivo/plivoAccount';
import type { PlivoNature } from '../../src/simulation/plivo/plivoNature';
import { createPlivoSdk, type PlivoSdk } from '../../src/simulation/plivo/plivoSdk';

const PLAIN: PlivoNature = {
  clockOffsetMs: 0,
  invalidPeople: new Set(),
  invalidAs: 'text',
  barredPeople: new Map(),
  lag: { ms: 0, share: 0 },
  masksNumbers: false,
  hasTotalCount: true,
  replacedSenderShare: 0,
  zoneMinutes: 330,
};
const LIFE = { isDead: false, stoppedUntil: 0 };
const SENDER = '+14155550100';
const MINUTE_MS = 60_000;

type Model = {
  readonly timeline: Timeline;
  readonly account: PlivoAccount;
  readonly line: Line;
  readonly sdk: PlivoSdk;
  readonly reports: Report[];
  fate: CallFate | null;
  /** Lets so much time pass; returns how the promise has settled by then. */
  settle(promise: Promise<unknown>, ms?: number): Promise<unknown>;
};

function openModel(nature: Partial<PlivoNature> = {}): Model {
  const chance = createChance(1, 'test');
  const timeline = createTimeline(chance, 1);
  const reports: Report[] = [];
  const whole = { ...PLAIN, ...nature };
  const account = createPlivoAccount({ timeline, chance, nature: whole, post: (report) => reports.push(report) });
  const line = createLine(chance);
  const answerList = createMessageListing(timeline, account, whole);
  const model: Model = {
    timeline,
    account,
    line,
    reports,
    fate: null,
    sdk: createPlivoSdk({
      timeline,
      chance,
      life: LIFE,
      timeoutMs: 30_000,
      line,
      account,
      answerList,
      fateOf: () => model.fate,
      onLoss: () => undefined,
      textOf: (told) => told,
    }),
    async settle(promise, ms = 1000) {
      let settled: unknown = 'not settled';
      promise.then(
        (value) => (settled = value),
        (reason: unknown) => (settled = { rejected: reason }),
      );
      const until = timeline.now() + ms;
      timeline.after(ms, null, () => undefined);
      await timeline.play(() => timeline.now() >= until);
      return settled;
    },
  };
  return model;
}

const sendTo = ({ sdk }: Model, numbers: readonly string[]) =>
  sdk.messages.create(SENDER, numbers.join('<'), 'hello', { url: 'https://example.com/token' }, null);

const PEOPLE = ['+14155551001', '+14155551002', '+14155551003'];

function listAll({ sdk }: Model, fields: Record<string, string | number> = {}) {
  return sdk.messages.list({
    message_time__gte: '2026-11-24 00:00:00.000000',
    message_time__lte: '2026-11-25 00:00:00.000000',
    ...fields,
  });
}

describe('a send call', () => {
  it('is answered with a uuid for each person, once each, and reported to the end', async () => {
    const model = openModel();
    const answer = (await model.settle(sendTo(model, [...PEOPLE, PEOPLE[0]!]), 20_000)) as { messageUuid: string[] };
    expect(new Set(answer.messageUuid).size).toBe(3);
    expect(model.account.messages.map(({ to }) => to)).toEqual(PEOPLE.map((number) => number.slice(1)));
    expect(model.reports).toHaveLength(6);
  });

  it('names the people whom Plivo cannot text', async () => {
    const model = openModel({ invalidPeople: new Set(['14155551002']), invalidAs: 'number' });
    const answer = (await model.settle(sendTo(model, PEOPLE))) as { invalid_number: number[] };
    expect(answer.invalid_number).toEqual([14155551002]);
    expect(model.account.messages).toHaveLength(2);
  });

  it('is refused whole for one person', async () => {
    const model = openModel({ barredPeople: new Map([['14155551003', '403']]) });
    expect(await model.settle(sendTo(model, PEOPLE))).toMatchObject({ rejected: { status: 403 } });
    expect(model.account.messages).toHaveLength(0);
  });

  it.each([
    ['lost request', 0],
    ['lost answer', 3],
  ] as const)('with a %s leaves %i texts, and its caller hears the same', async (kind, texts) => {
    const model = openModel();
    model.fate = kind === 'lost request' ? { kind, loss: 'reset' } : { kind, loss: 'reset', share: 1 };
    expect(await model.settle(sendTo(model, PEOPLE))).toEqual({ rejected: 'Error: socket hang up' });
    expect(model.account.messages).toHaveLength(texts);
  });

  it('may be taken after its caller has given it up', async () => {
    const model = openModel();
    model.fate = { kind: 'late', pastTimeoutMs: 5000 };
    expect(await model.settle(sendTo(model, PEOPLE), 31_000)).toEqual({
      rejected: 'AxiosError: timeout of 30000ms exceeded',
    });
    expect(model.account.messages).toHaveLength(0);
    await model.settle(Promise.resolve(), 5000);
    expect(model.account.messages).toHaveLength(3);
  });

  it('meets nothing but the outage while there is one', async () => {
    const model = openModel();
    model.line.begin({ of: 'send', from: 0, to: MINUTE_MS, refusals: ['503'], losses: [] });
    const answer = (await model.settle(sendTo(model, PEOPLE))) as { rejected: Error };
    expect(answer.rejected.message).toBe('AxiosError: Request failed with status code 503');
    expect(model.account.messages).toHaveLength(0);
  });
});

describe('the message list', () => {
  it('is found by number, newest first, with the whole count', async () => {
    const model = openModel();
    await model.settle(sendTo(model, PEOPLE));
    await model.settle(sendTo(model, [PEOPLE[1]!]));
    const page = (await model.settle(listAll(model, { to_number: '14155551002', limit: 1 }))) as unknown[] & {
      meta: { totalCount: number };
    };
    expect(page).toHaveLength(1);
    expect(page.meta.totalCount).toBe(2);
    expect(page[0]).toMatchObject({ toNumber: '14155551002', fromNumber: SENDER.slice(1) });
  });

  it('shows what it is told to hide only masked, and finds nobody by number', async () => {
    const model = openModel({ masksNumbers: true, hasTotalCount: false });
    await model.settle(sendTo(model, PEOPLE));
    expect(await model.settle(listAll(model, { to_number: '14155551002' }))).toHaveLength(0);
    const page = (await model.settle(listAll(model))) as { toNumber: string }[];
    expect(page.map(({ toNumber }) => toNumber)).toEqual(Array(3).fill('1415555XXXX'));
    expect(page).toHaveProperty('meta', expect.not.objectContaining({ totalCount: expect.anything() }));
  });

  it('shows texts late that lag, and not under the sender that was replaced', async () => {
    const model = openModel({ lag: { ms: 10_000, share: 1 }, replacedSenderShare: 1 });
    await model.settle(sendTo(model, PEOPLE));
    expect(await model.settle(listAll(model))).toHaveLength(0);
    await model.settle(Promise.resolve(), 10_000);
    expect(await model.settle(listAll(model))).toHaveLength(3);
    expect(await model.settle(listAll(model, { from_number: SENDER.slice(1) }))).toHaveLength(0);
  });

  it('takes twenty requests a minute', async () => {
    const model = openModel();
    for (let request = 0; request < 20; request++) expect(await model.settle(listAll(model))).toHaveLength(0);
    const refused = (await model.settle(listAll(model))) as { rejected: Error };
    expect(refused.rejected.message).toContain('429');
    await model.settle(Promise.resolve(), MINUTE_MS);
    expect(await model.settle(listAll(model))).toHaveLength(0);
  });
});
