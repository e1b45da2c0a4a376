import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromiumPath } from './environment';

/** As `describe`; where there is no browser its tests are skipped, and the closing lines of the run say so. */
export function describeInBrowser(title: string, tests: () => void): void {
  // Each suite has a `describe` of its own, and this file is loaded once for all of them.
  (existsSync(chromiumPath()) ? describe : describe.skip)(title, tests);
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });

/** A page of its own, and all that its console said and its policy refused. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  return { page, complaints };
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What stands in the way of people with other eyes or hands (WCAG 2.2 AA, as far as axe sees it); by these rules, or by all. */
export async function barriers(page: Page, rules?: readonly string[]): Promise<string[]> {
  // As text, since the policy of the page lets no foreign script in.
  await page.evaluate(AXE);
  return await page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } };
    const { violations } = await axe.run(only === undefined ? {} : { runOnly: { type: 'rule', values: only } });
    return violations.map(({ id, nodes }) => {
      const some = nodes.slice(0, 3).map(({ target }) => target.join(' '));
      return `${id} (${nodes.length}): ${some.join(', ')}`;
    });
  }, rules);
}

type AxeResult = { violations: { id: string; nodes: { target: string[] }[] }[] };

/** Whether a reader has to scroll sideways. */
export const isWiderThanScreen = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > innerWidth + 1');
