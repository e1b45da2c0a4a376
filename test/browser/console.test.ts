import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import writeXlsxFile from 'write-excel-file/node';
import { barriers, describeInBrowser, isWiderThanScreen, openPage, startBrowser } from '../support/browser';
import { API_KEY, startTestService, type TestService } from '../support/testService';

const PHONE = { viewport: { width: 360, height: 780 } };
const ANN = '+14155550101';
const BOB = '+14155550102';
const CEM = '+14155550103';

describeInBrowser('The dashboard', () => {
  let test: TestService;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    test = await startTestService({ env: { PLIVO_UNCONFIRMED: 'hold' } });
    browser = await startBrowser();
  });
  afterEach(async () => {
    await page.context().close();
  });
  afterAll(async () => {
    await browser.close();
    await test.stop();
  });

  /** A tab in which somebody has signed in already. */
  const open = async (address: string, options: BrowserContextOptions = {}) => {
    ({ page, complaints } = await openPage(browser, options));
    await page.addInitScript(`sessionStorage.setItem('broadcaster.key', '${API_KEY}')`);
    await page.goto(`${test.url}/#/${address}`);
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
  const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
  const text = (words: string | RegExp) => page.getByText(words).first();
  const call = async (path: string, body?: object): Promise<{ id: string }> => {
    const answer = await fetch(`${test.url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'content-type': 'application/json', prefer: 'respond-async' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(answer.ok).toBe(true);
    return (await answer.json()) as { id: string };
  };

  it('asks for a key, says plainly that one is wrong, and lets the right one in', async () => {
    ({ page, complaints } = await openPage(browser));
    await page.goto(test.url);
    await page.getByLabel('API key').fill('not-the-key');
    await button('Sign in').click();
    await text('This key is not known.').waitFor();
    await page.getByLabel('API key').fill(API_KEY);
    await button('Sign in').click();
    await heading('Broadcasts').waitFor();
    // A browser writes down every refusal: without a key, and with the wrong one.
    const refusals = complaints.filter((line) => /status of (401|403)/.test(line));
    expect(complaints.filter((line) => !refusals.includes(line))).toEqual([]);
    expect(refusals).toHaveLength(2);
  });

  it('sends a pasted list, and shows that everybody has it', async () => {
    await open('compose');
    await page.getByLabel('Numbers, one a line').fill(`${ANN}\n${BOB}\n${ANN}\n+1415`);
    await page.getByRole('textbox', { name: 'Message' }).fill('Doors open at 9.');
    await text('1 duplicate left out').waitFor();
    await text('is too short for +1').waitFor();
    expect(await button('Send 2 texts').isDisabled()).toBe(true);
    await page.getByLabel('Leave bad numbers out').check();
    await button('Send 2 texts').click();
    await heading('Doors open at 9.').waitFor();
    await text('All 2 people have it.').waitFor();
    expect(test.simulator.textsOf(ANN)).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  it('sends a dropped spreadsheet, to each a text of their own', async () => {
    const sheet = await writeXlsxFile([
      [{ value: 'Mobile' }, { value: 'First name' }],
      [{ value: CEM }, { value: 'Cem' }],
      [{ value: '+14155550104' }, { value: 'Dora' }],
    ]).toBuffer();
    await open('compose');
    const dropped = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array([${[...sheet].join()}])], 'guests.xlsx'));
      return transfer;
    })()`);
    await page.getByLabel('Numbers, one a line').dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByRole('textbox', { name: 'Message' }).fill('See you at 9, !');
    await page.getByRole('textbox', { name: 'Message' }).press('ArrowLeft');
    await button('Insert the field First name').click();
    await text('This is what +14155550104 gets').waitFor();
    await button('Send 2 texts').click();
    await text('All 2 people have it.').waitFor();
    expect(test.simulator.textsOf(CEM).map((one) => one.text)).toEqual(['See you at 9, Cem!']);
    expect(complaints).toEqual([]);
  });

  it('lets a person settle a batch of which nobody knows whether it went', async () => {
    test.simulator.addFault({ kind: 'reset' });
    const { id } = await call('/broadcast', { message: 'Nobody knows', recipients: [ANN] });
    await open(`broadcasts/${id}`);
    await text('1 batch needs your decision').waitFor();
    await button('Send it').click();
    await text('1 person get the text twice')
      .or(text(/gets? the text twice/))
      .waitFor();
    await button('Send it again').click();
    await text('The one person has it.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('pauses, goes on and cancels on a phone', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    await call('/broadcast', { name: 'Tonight', message: 'Later', recipients: [ANN], sendAt });
    await open('broadcasts', PHONE);
    const row = page.getByRole('listitem').filter({ hasText: 'Tonight' });
    await row.getByRole('button', { name: 'Pause' }).click();
    await button('Pause it').click();
    await row.getByText('Paused').waitFor();
    await row.getByRole('button', { name: 'Resume' }).click();
    await button('Go on').click();
    await row.getByText('Scheduled').waitFor();
    await row.getByRole('button', { name: 'Cancel' }).click();
    await text('This can’t be undone.').waitFor();
    await button('Cancel it for good').click();
    await row.getByText('Cancelled').waitFor();
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'can be read by everybody, %s, from phone to wide screen',
    async (colorScheme) => {
      const { id } = await call('/broadcast', {
        name: 'To look at',
        message: 'Hi',
        recipients: [ANN, BOB, '+14155550105'],
      });
      const person = encodeURIComponent(ANN);
      const main = [
        ['broadcasts', 'Broadcasts'],
        [`broadcasts/${id}`, 'To look at'],
        ['compose', 'New broadcast'],
      ];
      const others = [
        [`people?number=${person}`, 'People'],
        ['replies?show=all', 'Replies'],
        ['opt-outs', 'Opt-outs'],
        ['lists', 'Lists'],
        ['templates', 'Templates'],
        ['webhooks', 'Webhooks'],
        ['audit', 'Changes'],
        ['keys', 'Keys'],
        ['account', 'Account'],
        ['more', 'More'],
      ];
      await open('', { colorScheme });
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        for (const [address = '', title = ''] of width === 768 ? main : [...main, ...others]) {
          await page.goto(`${test.url}/#/${address}`);
          await heading(title).waitFor();
          await page.locator('.loading').first().waitFor({ state: 'detached' });
          expect([address, width, await barriers(page), await isWiderThanScreen(page)]).toEqual([
            address,
            width,
            [],
            false,
          ]);
        }
      }
      expect(complaints).toEqual([]);
    },
  );
});
