import type { Route } from 'playwright-core';
import { describeInBrowser } from '../support/browser';
import { useDashboard } from '../support/dashboard';

const SEND_ONCE = 'Try again: it is sent once only';
const NOT_KNOWN = 'Not known whether it was done';

describeInBrowser('A lost answer in the dashboard', () => {
  const at = useDashboard();
  let keys: string[];
  beforeEach(() => {
    keys = [];
  });

  /** The service does it, and the answer gets lost. */
  const lose = async (route: Route) => {
    keys.push((await route.request().headerValue('idempotency-key')) ?? '');
    await route.fetch();
    await route.abort();
  };
  /** The service does it, and a proxy on the way says that it took too long. */
  const timeOut = async (route: Route) => {
    keys.push((await route.request().headerValue('idempotency-key')) ?? '');
    await route.fetch();
    await route.fulfill({ status: 504, contentType: 'text/html', body: '<h1>504 Gateway Time-out</h1>' });
  };
  const watch = async (route: Route) => {
    keys.push((await route.request().headerValue('idempotency-key')) ?? '');
    await route.fallback();
  };
  const write = async (numbers: string, words: string) => {
    await at.page.getByLabel('Numbers, one a line').fill(numbers);
    await at.page.getByRole('textbox', { name: 'Message' }).fill(words);
  };

  it.each([
    ['after a look elsewhere', lose, 'leave'],
    ['after a reload', timeOut, 'reload'],
  ] as const)('doubles no text when it is sent again %s', async (_, fault, way) => {
    const number = way === 'leave' ? '+14155550111' : '+14155550112';
    await at.open('compose');
    await write(number, 'Doors open at 9.');
    await at.intercept('/broadcast', fault);
    await at.button('Send 1 text').click();
    await at.text(NOT_KNOWN).waitFor();
    await at.page.unrouteAll();
    await at.intercept('/broadcast', watch);
    if (way === 'leave') {
      await at.go('replies');
      await at.heading('Replies').waitFor();
      await at.go('compose');
    } else await at.page.reload();
    await at.text(NOT_KNOWN).waitFor();
    await at.button(SEND_ONCE).click();
    await at.text('The one person has it.').waitFor();
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(at.test.simulator.textsOf(number)).toHaveLength(1);
  });

  it('is tried again though the figures say by now that nobody is left', async () => {
    const number = '+14155550113';
    await at.open('compose');
    await write(number, 'Once only');
    await at.page.getByText('Quiet hours, topic, country').click();
    await at.page.getByLabel('Topic').fill('once');
    await at.intercept('/broadcast', lose);
    await at.button('Send 1 text').click();
    await at.text(NOT_KNOWN).waitFor();
    await at.page.unrouteAll();
    await at.page.reload();
    await at.button(SEND_ONCE).click();
    await at.text('The one person has it.').waitFor();
    expect(at.test.simulator.textsOf(number)).toHaveLength(1);
  });

  it('keeps its key from another text, and has it still when the first is written again', async () => {
    await at.open('compose');
    await write('+14155550114', 'One');
    await at.intercept('/broadcast', lose);
    await at.button('Send 1 text').click();
    await at.text(NOT_KNOWN).waitFor();
    await write('+14155550114', 'Two');
    await at.text(NOT_KNOWN).waitFor({ state: 'detached' });
    await at.button('Send 1 text').click();
    await at.text(NOT_KNOWN).waitFor();
    await write('+14155550114', 'One');
    const [third] = await Promise.all([at.page.waitForRequest(/broadcast$/), at.button(SEND_ONCE).click()]);
    keys.push((await third.headerValue('idempotency-key')) ?? '');
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([false, true]);
  });

  it('of a test to oneself leads to one text', async () => {
    const own = '+14155550115';
    await at.open('compose');
    await write('+14155550116', 'Only a test');
    await at.page.getByLabel('Your number').fill(own);
    await at.intercept('/broadcast/test', lose);
    await at.button('Send a test to me').click();
    await at.text(NOT_KNOWN).waitFor();
    await at.page.unrouteAll();
    await at.go('lists');
    await at.heading('Lists').waitFor();
    await at.go('compose');
    await at.button('Send a test to me').click();
    await at.text(`A test is on its way to ${own}.`).waitFor();
    const { data } = await at.call<{ data: unknown[] }>('/broadcast?test=true', undefined, 'GET');
    expect(data).toHaveLength(1);
  });

  it('of a pause is not called a failure', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await at.call('/broadcast', { name: 'Later', message: 'x', recipients: ['+14155550117'], sendAt });
    await at.open(`broadcasts/${id}`);
    await at.intercept(`/broadcast/${id}/pause`, timeOut);
    await at.button('Pause').click();
    await at.button('Pause it').click();
    await at.text('The answer was lost on the way').waitFor();
    expect(keys).toHaveLength(1);
  });
});
