import { get as openStream } from 'node:http';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { postInbound } from '../load/inboundText';
import { request, type Call } from '../load/request';
import { API_KEY } from '../stage/account';
import type { People } from './newPeople';
import type { TallyKeeper } from './tally';

export type ActDeps = {
  readonly url: string;
  readonly inboundUrl: string;
  readonly people: People;
  readonly tally: TallyKeeper;
  /** A whole number below. */
  readonly below: (limit: number) => number;
};

export type Act = { readonly name: string; readonly weight: number; readonly run: () => Promise<void> };

type Page = { readonly data: readonly { readonly id: string }[]; readonly next: string | null };
type Followed = { readonly id: string; readonly status: string; readonly delivery: Readonly<Record<string, number>> };

const SIZES = [1, 1, 10, 10, 200, 2000];
const REPORTED_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 150;
const MADE_OR_CHANGED = [200, 201];
const LISTENS_MS = 300;
const OF_OPTED_OUT = 2;

/** What people and programs do with the service all day, each as one round. */
export function createActs({ url, inboundUrl, people, tally, below }: ActDeps): Act[] {
  let serial = 0;
  const call = async (
    what: string,
    expected: number | readonly number[],
    path: string,
    rest: Partial<Call> & { json?: object } = {},
  ) => {
    const { json, headers, ...more } = rest;
    const body = json === undefined ? more.body : Buffer.from(JSON.stringify(json));
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const reply = await request({
      url: url + path,
      ...more,
      headers: { 'x-api-key': API_KEY, ...type, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return tally.answered(what, reply, ...[expected].flat());
  };

  /** Until everybody has a report: load is taken on no faster than it is carried. */
  async function follow(accepted: Followed | null, wanted: number): Promise<void> {
    if (accepted === null) return;
    tally.willBeTexted(wanted);
    for (const until = Date.now() + REPORTED_WITHIN_MS; Date.now() < until;) {
      const now = (await call('GET /broadcast/ID', 200, `/broadcast/${accepted.id}`)) as Followed | null;
      if ((now?.delivery['delivered'] ?? 0) >= wanted) return;
      await sleepFor(LOOK_EVERY_MS);
    }
    tally.fault(`Of broadcast ${accepted.id} not everybody was reported on in ${REPORTED_WITHIN_MS / 1000} s.`);
  }

  const acts: Record<string, readonly [weight: number, run: () => Promise<void>]> = {
    'broadcast as JSON': [
      4,
      async () => {
        const some = people.some(SIZES[below(SIZES.length)] ?? 1);
        const json = { message: 'Doors open at 9.', recipients: [...some, ...tally.latestOptedOut(OF_OPTED_OUT)] };
        await follow(
          (await call('POST /broadcast', 202, '/broadcast', { method: 'POST', json })) as Followed,
          some.length,
        );
      },
    ],
    'broadcast as CSV': [
      2,
      async () => {
        const some = people.some(100);
        const sent = await call('POST /broadcast as CSV', 202, '/broadcast?message=Doors%20open%20at%209.', {
          method: 'POST',
          headers: { 'content-type': 'text/csv', prefer: 'respond-async', 'idempotency-key': `soak-${serial++}` },
          body: Buffer.from(`phone\n${some.join('\n')}\n`),
        });
        await follow(sent as Followed, some.length);
      },
    ],
    'texts of their own': [
      2,
      async () => {
        const some = people.some(20);
        const recipients = some.map((to, index) => ({ to, name: 'Ann', code: `${index}` }));
        const json = { message: 'Hi {{name}}, your code is {{code}}.', recipients };
        await follow(
          (await call('POST /broadcast, own texts', 202, '/broadcast', { method: 'POST', json })) as Followed,
          20,
        );
      },
    ],
    preview: [
      3,
      async () => {
        const json = { message: 'Doors open at 9.', recipients: people.some(500) };
        await call('POST /broadcast/preview', 200, '/broadcast/preview', { method: 'POST', json });
      },
    ],
    pages: [
      4,
      async () => {
        const page = (await call('GET /broadcast', 200, '/broadcast?limit=20')) as Page | null;
        const id = page?.data[below(page.data.length)]?.id;
        if (id === undefined) return;
        const first = (await call('GET recipients', 200, `/broadcast/${id}/recipients?limit=50`)) as Page | null;
        const cursor = encodeURIComponent(first?.next ?? '');
        if (cursor !== '') await call('GET more', 200, `/broadcast/${id}/recipients?limit=50&cursor=${cursor}`);
        await call('GET batches', 200, `/broadcast/${id}/batches`);
        await call('GET as CSV', 200, `/broadcast/${id}/recipients`, { headers: { accept: 'text/csv' } });
      },
    ],
    'opt-out': [
      2,
      async () => {
        const [number = ''] = people.some(1);
        await call('PUT opt-out', 201, `/opt-outs/${number}`, { method: 'PUT', json: { note: 'soak' } });
        tally.hasOptedOut(number);
        await call('GET opt-out', 200, `/opt-outs/${number}`);
      },
    ],
    'STOP by text': [
      2,
      async () => {
        const [number = ''] = people.some(1);
        const text = { messageUuid: `soak-text-${serial++}`, from: number.slice(1), text: 'STOP' };
        tally.answered('STOP', await postInbound(inboundUrl, text), 200);
        tally.hasOptedOut(number);
      },
    ],
    'wrong keys': [
      2,
      async () => {
        await call('a wrong key', 403, '/broadcast', { headers: { 'x-api-key': 'wrong-key-entirely' } });
        tally.answered('no key', await request({ url: `${url}/broadcast` }), 401);
        await call('a bad request', 400, '/broadcast', { method: 'POST', json: { message: 1 } });
        await call('nothing there', 404, '/broadcast/00000000-0000-4000-8000-000000000000');
      },
    ],
    'lists and templates': [
      1,
      async () => {
        const name = `soak ${below(20)}`;
        const path = encodeURIComponent(name);
        await call('PUT list', MADE_OR_CHANGED, `/lists/${path}`, {
          method: 'PUT',
          json: { recipients: people.some(50) },
        });
        await call('GET list', 200, `/lists/${path}/recipients?limit=10`);
        await call('PUT template', MADE_OR_CHANGED, `/templates/${path}`, {
          method: 'PUT',
          json: { message: `Hi ${serial++}` },
        });
      },
    ],
    'other reads': [
      2,
      async () => {
        for (const path of [
          '/account',
          '/audit?limit=20',
          '/metrics',
          '/inbound?limit=20',
          '/webhook-deliveries?limit=20',
        ])
          await call(`GET ${path}`, 200, path);
      },
    ],
    'live events': [1, () => listen(`${url}/events`, tally)],
  };
  return Object.entries(acts).map(([name, [weight, run]]) => ({ name, weight, run }));
}

/** Follows live events for a moment, and leaves in the midst of them, as browsers do. */
function listen(url: string, tally: TallyKeeper): Promise<void> {
  return new Promise((resolve) => {
    const asked = openStream(url, { headers: { 'x-api-key': API_KEY }, agent: false }, (response) => {
      tally.answered('GET /events', { status: response.statusCode ?? 0, text: '', ms: 0 }, 200);
      response.on('error', () => undefined).resume();
      setTimeout(() => asked.destroy(), LISTENS_MS);
    });
    asked.on('error', () => undefined);
    asked.on('close', () => resolve());
  });
}
