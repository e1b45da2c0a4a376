import type { Browser } from 'playwright-core';
import { barriers, describeInBrowser, isWiderThanScreen, openPage, startBrowser } from '../support/browser';
import { API_KEY, startTestService, type TestService } from '../support/testService';

describeInBrowser('The description in a browser', () => {
  let test: TestService;
  let browser: Browser;
  beforeAll(async () => {
    test = await startTestService();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await test.stop();
  });

  it('shows every route, and tries one out with the reader’s own key', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${test.url}/docs`);
    await page.locator('#operations-broadcasts-send').waitFor();
    await page
      .getByRole('button', { name: /authorize/i })
      .first()
      .click();
    await page.getByLabel(/value/i).first().fill(API_KEY);
    await page
      .getByRole('button', { name: /apply credentials/i })
      .first()
      .click();
    await page.getByRole('button', { name: /close/i }).last().click();
    await page.locator('#operations-account-showAccount .opblock-summary-control').click();
    await page
      .getByRole('button', { name: /execute/i })
      .first()
      .click();
    const answered = page.locator('.live-responses-table .response .response-col_status').first();
    await answered.waitFor();
    expect(await answered.innerText()).toContain('200');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is found with a slash behind its address, and a problem as well', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${test.url}/docs/`);
    await page.locator('#operations-broadcasts-send').waitFor();
    expect(page.url()).toBe(`${test.url}/docs`);
    await page.goto(`${test.url}/docs/problems/key_reused/`);
    await page.locator('main.text').waitFor();
    expect(page.url()).toBe(`${test.url}/docs/problems/key_reused`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['light', 360],
    ['dark', 1440],
  ] as const)('can be read by everybody, %s and %d wide', async (colorScheme, width) => {
    const { page, complaints } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
    for (const path of ['/docs', '/docs/problems', '/docs/problems/key_reused']) {
      await page.goto(`${test.url}${path}`);
      await page.locator(path === '/docs' ? '#operations-broadcasts-send' : 'main.text').waitFor();
      // How Swagger UI nests its buttons is its own; that it can be read is ours.
      expect(await barriers(page, path === '/docs' ? ['color-contrast'] : undefined)).toEqual([]);
      expect(await isWiderThanScreen(page)).toBe(false);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
