import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { barriers, describeInBrowser, isWiderThanScreen } from '../support/browser';
import { numbers } from '../support/client';
import { useDashboard } from '../support/dashboard';
import { eventually } from '../support/eventually';

const LATER = new Date(Date.now() + 3_600_000).toISOString();
const PEOPLE = numbers(300);
/** The parts of a bar move by less. */
const SEEN_BY_NOBODY = 0.0005;
/** The page notes what has moved by itself, and how much of the screen that was. */
const NOTES_MOVES = `self.moved = []; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.startTime > (self.from ?? Infinity) && one.value > ${SEEN_BY_NOBODY}) self.moved.push(
    one.value.toFixed(4) + ' ' + one.sources.map(({ node }) => node?.nodeName + '.' + (node?.className ?? '')).join(' '));
}).observe({ type: 'layout-shift', buffered: true });`;
const MOST_BYTES = 150_000;

describeInBrowser('A broadcast that is under way, in the dashboard', () => {
  // Thirty calls, one after the other.
  const at = useDashboard({
    PLIVO_BULK_MESSAGE_LIMIT: '10',
    PLIVO_BATCH_DELAY_MS: '100',
    PLIVO_MAX_CONCURRENCY: '1',
    PLIVO_UNCONFIRMED: 'hold',
  });

  const send = (name: string, more: object = {}) =>
    at.call('/broadcast', { name, message: 'Doors open at 9.', recipients: PEOPLE, ...more });
  const everybodyHasIt = () => at.text('All 300 people have it.').waitFor({ timeout: 60_000 });
  const chart = () => at.page.getByRole('img');
  const happened = () => at.page.getByRole('list', { name: 'What happened' });
  /** What the page asked for, by path. */
  const watchRequests = () => {
    const asked: string[] = [];
    at.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    return asked;
  };

  it('is told of as it happens, without asking again and again, and nothing moves away meanwhile', async () => {
    await at.open('broadcasts', { script: NOTES_MOVES, viewport: { width: 1440, height: 2400 } });
    await at.heading('Broadcasts').waitFor();
    const { id } = await send('Told');
    const asked = watchRequests();
    await at.go(`broadcasts/${id}`);
    await chart().waitFor();
    await at.page.evaluate('self.from = performance.now()');
    await happened().getByText('All handed over').waitFor({ timeout: 60_000 });
    expect(asked.filter((path) => path === `/broadcast/${id}/events`)).toHaveLength(1);
    expect(asked.filter((path) => path === `/broadcast/${id}`).length).toBeLessThan(5);
    await everybodyHasIt();
    expect(await at.page.evaluate('self.moved')).toEqual([]);
    expect(at.complaints).toEqual([]);
  });

  it('moves nothing away for an alarm that comes up while it is looked at, and goes', async () => {
    at.test.simulator.addFault({ kind: 'status', status: 402, times: 3 });
    const { id } = await send('Without credit', { sendAt: new Date(Date.now() + 3000).toISOString() });
    await at.open(`broadcasts/${id}`, { script: NOTES_MOVES, viewport: { width: 1440, height: 2400 } });
    await at.text('Nothing needs a decision.').waitFor();
    const below = at.page.locator('.one-head + *');
    const place = async () => (await below.boundingBox())!.y;
    const before = await place();
    const alarm = at.page.locator('.one-head .notice.warn');
    await alarm.waitFor({ timeout: 60_000 });
    expect(await place()).toBe(before);
    await everybodyHasIt();
    await at.text('Nothing needs a decision.').waitFor();
    expect(await place()).toBe(before);
    expect(at.complaints).toEqual([]);
  });

  it('is asked for again and again where the stream breaks', async () => {
    const { id } = await send('Cut off');
    await at.open('replies');
    await at.page.route('**/events', (route) => route.abort());
    await at.go(`broadcasts/${id}`);
    await everybodyHasIt();
    // A browser writes down every connection that fails.
    expect(at.complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
  });

  it('is drawn as it goes, with a mark where it was paused and went on, and said in words too', async () => {
    // So slow that there is time to pause it.
    at.test.simulator.settings.latencyMs = 2000;
    const { id } = await send('Drawn');
    await at.open(`broadcasts/${id}`);
    await at.button('Pause').click();
    await at.button('Pause it').click();
    await happened().getByText('Paused').waitFor();
    at.test.simulator.settings.latencyMs = 0;
    await at.button('Resume').click();
    await at.button('Go on').click();
    await happened().getByText('Went on').waitFor();
    await everybodyHasIt();
    await happened().getByText('All handed over').waitFor();
    await eventually(async () =>
      (await chart().getAttribute('aria-label'))?.includes('300 handed to Plivo, 300 delivered, 0 failed.'),
    );
    expect(at.complaints).toEqual([]);
  });

  it('shows how it went to whoever comes after its end, from the first text on, with what others did', async () => {
    const { id } = await send('Seen late');
    await at.call(`/broadcast/${id}/pause`);
    await at.call(`/broadcast/${id}/resume`);
    await at.open(`broadcasts/${id}`);
    await everybodyHasIt();
    await at.page.reload();
    await chart().waitFor();
    await happened().getByText('Paused by API_KEY').waitFor();
    await at.page.getByText('As a table').click();
    const rows = at.page.locator('.chart-table tbody tr');
    expect(await rows.first().getByRole('cell').allTextContents()).toEqual([expect.any(String), '0', '0', '0']);
    expect(await rows.last().getByRole('cell').allTextContents()).toEqual([expect.any(String), '300', '300', '0']);
    expect(await rows.count()).toBeGreaterThan(4);
    expect(at.complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'has a chart that fits the screen and can be read by everybody, %s',
    async (colorScheme) => {
      at.test.simulator.settings.undeliveredShare = 0.2;
      const { id } = await send('To look at');
      await at.open(`broadcasts/${id}`, { colorScheme });
      await at.text('still to be reported on').or(at.text('do not.')).waitFor({ timeout: 60_000 });
      at.test.simulator.settings.undeliveredShare = 0;
      for (const width of [1440, 768, 360]) {
        await at.page.setViewportSize({ width, height: 900 });
        await eventually(() =>
          at.page.evaluate(
            `(() => { const [field] = document.querySelectorAll('.chart-field'); const canvas = field.querySelector('canvas');
            return Math.abs(canvas.clientWidth - field.clientWidth) < 1; })()`,
          ),
        );
        expect([width, await barriers(at.page), await isWiderThanScreen(at.page)]).toEqual([width, [], false]);
      }
      expect(at.complaints).toEqual([]);
    },
  );

  it('and one that comes in are told of in the list by one stream, and nothing moves from under a hand', async () => {
    await send('First', { sendAt: LATER });
    await at.open('broadcasts');
    const rows = at.page.locator('.broadcast-row');
    await rows.first().getByText('First', { exact: true }).waitFor();
    const asked = watchRequests();
    await send('Second', { sendAt: LATER });
    await rows.first().getByText('Second', { exact: true }).waitFor();
    await rows.first().hover();
    await send('Third', { sendAt: LATER });
    await at.button('Show 1 newer one').waitFor();
    expect(await rows.first().textContent()).toContain('Second');
    await at.button('Show 1 newer one').click();
    await rows.first().getByText('Third', { exact: true }).waitFor();
    expect(asked.filter((path) => path.endsWith('/events'))).toEqual([]);
    expect(at.complaints).toEqual([]);
  });

  it('promises no decision to whoever may only look', async () => {
    at.test.simulator.addFault({ kind: 'reset' });
    const { id } = await at.call('/broadcast', { name: 'Undecided', message: 'x', recipients: PEOPLE.slice(0, 1) });
    const { key } = await at.call<{ key: string }>('/keys', { name: 'looks on', scopes: ['read'] });
    await at.open(`broadcasts/${id}`, { key });
    await at.page.getByRole('cell', { name: 'Undecided' }).waitFor();
    expect(await at.page.locator('main').textContent()).not.toMatch(/\byou\b|\byour\b/i);
    await at.go('broadcasts');
    await at.text('1 batch needs a decision').waitFor();
    expect(await at.page.locator('main').textContent()).not.toMatch(/needs you/i);
    expect(at.complaints).toEqual([]);
  });
});

describe('The dashboard', () => {
  it('is soon there: all of it is at most 150 kB', () => {
    const folder = join(__dirname, '../../dist/console');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const sizes = files.map((one) => gzipSync(readFileSync(join(one.parentPath, one.name))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  });
});
