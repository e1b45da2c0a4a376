import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core';
import { openPage, startBrowser } from './browser';
import { API_KEY, startTestService, type TestService } from './testService';

/** A service and a tab of its dashboard, for the tests of a `describe`. */
export type Dashboard = {
  readonly test: TestService;
  readonly page: Page;
  /** What the console of the tab said. */
  readonly complaints: string[];
  /** A tab in which somebody has signed in already. */
  open(address: string, options?: BrowserContextOptions & Opening): Promise<void>;
  /** Another view, without a reload. */
  go(address: string): Promise<void>;
  button(name: string | RegExp): ReturnType<Page['getByRole']>;
  heading(name: string | RegExp): ReturnType<Page['getByRole']>;
  text(words: string | RegExp): ReturnType<Page['getByText']>;
  call<T = { id: string }>(path: string, body?: object, method?: string): Promise<T>;
  /** What is asked by POST at this path is dealt with here, until the test ends. */
  intercept(path: string, handle: (route: Route) => Promise<void>): Promise<void>;
};

/** `key`: who signs in; `script` runs before anything of the page does. */
type Opening = { readonly key?: string; readonly script?: string };

/** To be called in a `describe`, which it gives the hooks it needs. */
export function useDashboard(env: Readonly<Record<string, string>> = {}): Dashboard {
  let test: TestService;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  /** A tab costs a second of processor time: whoever asks for nothing special gets the one before, with nothing in it. */
  let ordinary: { page: Page; complaints: string[] } | null = null;
  beforeAll(async () => {
    test = await startTestService({ env });
    browser = await startBrowser();
  });
  afterEach(async () => {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    if (page !== ordinary?.page) {
      await page.context().close();
      return;
    }
    await page.goto('about:blank');
    // Lists keep still under a hand: that of the test before must not be there.
    await page.mouse.move(0, 0);
  });
  const openOrdinary = async (key: string) => {
    ordinary ??= await openPage(browser);
    ({ page, complaints } = ordinary);
    complaints.length = 0;
    // Nothing of the service: its place alone is wanted, to write down there who has signed in.
    const nothing = `${test.url}/nothing`;
    await page.route(nothing, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<link rel="icon" href="data:,">' }),
    );
    await page.goto(nothing);
    await page.evaluate(
      `sessionStorage.clear(); localStorage.clear(); sessionStorage.setItem('broadcaster.key', '${key}')`,
    );
  };
  afterAll(async () => {
    await browser.close();
    await test.stop();
  });
  return {
    get test() {
      return test;
    },
    get page() {
      return page;
    },
    get complaints() {
      return complaints;
    },
    async open(address, { key = API_KEY, script = '', ...options } = {}) {
      if (script === '' && Object.keys(options).length === 0) await openOrdinary(key);
      else {
        ({ page, complaints } = await openPage(browser, options));
        await page.addInitScript(
          `sessionStorage.getItem('tested') ?? (sessionStorage.setItem('broadcaster.key', '${key}'), sessionStorage.setItem('tested', '1'))`,
        );
        await page.addInitScript(script);
      }
      await page.goto(`${test.url}/#/${address}`);
    },
    async go(address) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#/${address}`)}`);
    },
    button: (name) => page.getByRole('button', { name, exact: typeof name === 'string' }),
    heading: (name) => page.getByRole('heading', { name, level: 1 }),
    text: (words) => page.getByText(words).first(),
    async call<T>(path: string, body?: object, method = 'POST') {
      const answer = await fetch(`${test.url}${path}`, {
        method,
        headers: { 'x-api-key': API_KEY, 'content-type': 'application/json', prefer: 'respond-async' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(answer.ok).toBe(true);
      return (answer.status === 204 ? null : await answer.json()) as T;
    },
    async intercept(path, handle) {
      await page.route(`${test.url}${path}`, (route) =>
        route.request().method() === 'POST' ? handle(route) : route.fallback(),
      );
    },
  };
}
