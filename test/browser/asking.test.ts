import type { Route } from 'playwright-core';
import { describeInBrowser } from '../support/browser';
import { useDashboard } from '../support/dashboard';

const LATER = new Date(Date.now() + 3_600_000).toISOString();
/** What is asked for again and again is not: only what was done leads to another look. */
const NO_CLOCK = `const start = setTimeout; window.setTimeout = (what, ms) => (ms >= 1000 ? 0 : start(what, ms));`;
/** The page bears the mark of how long it waited at most. */
const NOTES_DELAYS = `const start = setTimeout; window.setTimeout = (what, ms) => {
  if (ms === 15000) document.documentElement.dataset.calm = 'yes'; return start(what, ms); };`;

describeInBrowser('What the dashboard asks', () => {
  const at = useDashboard();

  const dialog = () => at.page.getByRole('dialog');
  const upload = async (name: string, numbers: readonly string[]) => {
    await at.page.getByLabel('Name').fill(name);
    const buffer = Buffer.from(`phone\n${numbers.join('\n')}\n`);
    await at.page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  };

  it('names the broadcast, and is gone with the view it was about', async () => {
    await at.call('/broadcast', { name: 'Tonight', message: 'x', recipients: ['+14155550101'], sendAt: LATER });
    await at.open('broadcasts');
    await at.button('Cancel').first().click();
    await dialog().getByRole('heading', { name: 'Cancel “Tonight” for good?' }).waitFor();
    await at.go('replies');
    await at.heading('Replies').waitFor();
    await dialog().waitFor({ state: 'detached' });
    const { data } = await at.call<{ data: { status: string }[] }>('/broadcast', undefined, 'GET');
    expect(data.map(({ status }) => status)).toEqual(['scheduled']);
  });

  it('before everybody on a list makes way for others', async () => {
    await at.open('lists');
    await upload('guests', ['+14155550101', '+14155550102']);
    await at.text('guests now has 2 people.').waitFor();
    await upload('guests', ['+14155550103']);
    await dialog().getByText('All 2 people on it now').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
    const list = () => at.call<{ recipients: number }>('/lists/guests', undefined, 'GET');
    expect((await list()).recipients).toBe(2);
    await upload('guests', ['+14155550103']);
    await at.button('Replace them').click();
    await at.text('guests now has 1 person.').waitFor();
    expect((await list()).recipients).toBe(1);
  });

  it('of the service is asked once more where something was done while an answer was on its way', async () => {
    await at.call('/lists/short', { recipients: ['+14155550101'] }, 'PUT');
    await at.open('lists', { script: NO_CLOCK });
    const entry = at.page.getByRole('heading', { name: 'short', level: 2 });
    await entry.waitFor();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const hold = async (route: Route) => {
      const stale = await route.fetch();
      await held;
      await route.fulfill({ response: stale });
    };
    await at.page.route(/lists\?limit/, hold, { times: 1 });
    await Promise.all([at.page.waitForRequest(/lists\?limit/), at.page.evaluate(`dispatchEvent(new Event('online'))`)]);
    const row = at.page.getByRole('listitem').filter({ has: entry });
    await row.getByRole('button', { name: 'Delete' }).click();
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await at.text('short is deleted.').waitFor();
    release();
    await entry.waitFor({ state: 'detached' });
    expect(await entry.count()).toBe(0);
  });

  it('of a broadcast is asked more seldom once everything is known of it', async () => {
    const { id } = await at.call('/broadcast', { message: 'Known', recipients: ['+14155550104'] });
    await at.open(`broadcasts/${id}`, { script: NOTES_DELAYS });
    await at.text('The one person has it.').waitFor();
    await at.page.locator('html[data-calm]').waitFor({ state: 'attached' });
    expect(at.complaints).toEqual([]);
  });

  it('of batches is found on any page, and all of them can be seen', async () => {
    const { id } = await at.call('/broadcast', { message: 'Many calls', recipients: ['+14155550105'] });
    const { data } = await at.call<{ data: object[] }>(`/broadcast/${id}/batches`, undefined, 'GET');
    const batch = (number: number) => ({ ...data[0], number, status: number === 1500 ? 'held' : 'sent' });
    await at.open('broadcasts');
    await at.page.route(new RegExp(`broadcast/${id}$`), async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { batches: object };
      await route.fulfill({
        response,
        json: { ...json, batches: { ...json.batches, total: 2500, sent: 2499, held: 1 } },
      });
    });
    await at.page.route(new RegExp(`broadcast/${id}/batches`), async (route) => {
      const query = new URL(route.request().url()).searchParams;
      const [after, limit, status] = [Number(query.get('cursor')), Number(query.get('limit')), query.get('status')];
      const all = Array.from({ length: 2500 }, (_, place) => batch(place + 1));
      const left = all.filter((one) => one.number > after && (status === null || one.status === status));
      const page = left.slice(0, limit);
      await route.fulfill({
        json: { data: page, next: page.length < left.length ? String(page.at(-1)?.number) : null },
      });
    });
    await at.go(`broadcasts/${id}`);
    const rows = at.page.getByRole('region', { name: 'Batches' }).getByRole('row');
    await rows.filter({ hasText: '1,500' }).getByRole('button', { name: 'Send it' }).waitFor();
    for (let asked = 0; asked < 3; asked++) {
      const [before] = [await rows.count()];
      await at.button('Show more').click();
      await rows.nth(Math.min(before + 900, 2500)).waitFor();
    }
    expect(await rows.count()).toBe(2501);
    expect(await at.button('Show more').count()).toBe(0);
  });
});
