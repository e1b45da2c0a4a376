import type { Locator } from 'playwright-core';
import { describeInBrowser } from '../support/browser';
import { numbers } from '../support/client';
import { useDashboard } from '../support/dashboard';
import { API_KEY } from '../support/testService';

/** More than any view has stops. */
const MOST_STOPS = 60;
const [ANN, BOB] = numbers(2) as [string, string];

describeInBrowser('Whoever has a keyboard and nothing else', () => {
  const at = useDashboard();

  /** By Tab alone, and the place is seen. */
  const reach = async (wanted: Locator) => {
    await wanted.waitFor();
    const reached = wanted.and(at.page.locator(':focus-visible'));
    for (let stops = 0; stops < MOST_STOPS && (await reached.count()) === 0; stops++)
      await at.page.keyboard.press('Tab');
    expect(await reached.count()).toBe(1);
  };
  const type = (words: string) => at.page.keyboard.type(words);
  const enter = () => at.page.keyboard.press('Enter');

  it('signs in, writes to two people and sends', async () => {
    await at.open('', { key: '' });
    await at.heading('Sign in').waitFor();
    await reach(at.page.getByLabel('API key'));
    await type(API_KEY);
    await enter();
    await at.heading('Broadcasts').waitFor();
    await reach(at.page.getByRole('navigation').getByRole('link', { name: 'New broadcast' }));
    await enter();
    await at.heading('New broadcast').waitFor();
    await reach(at.page.getByLabel('Numbers, one a line'));
    await type(`${ANN}\n${BOB}`);
    await reach(at.page.getByRole('textbox', { name: 'Message' }));
    await type('By hand');
    await reach(at.button('Send 2 texts'));
    await enter();
    await at.heading('By hand').waitFor();
    await at.text('All 2 people have it.').waitFor();
    expect(at.test.simulator.textsOf(ANN)).toHaveLength(1);
    // Whether a key is asked for is found out by asking without one.
    expect(at.complaints.filter((line) => !line.includes('status of 401'))).toEqual([]);
  });

  it('makes a key, and is where it is shown', async () => {
    await at.open('keys');
    await reach(at.button('Make a key'));
    await enter();
    await at.page.getByLabel('Name').and(at.page.locator(':focus')).waitFor();
    await type('by hand');
    await reach(at.page.getByLabel('read'));
    await at.page.keyboard.press('Space');
    await reach(at.button('Make it'));
    await enter();
    await at.page.getByRole('region', { name: 'The key “by hand”' }).and(at.page.locator(':focus')).waitFor();
    await reach(at.button('Copy'));
    expect(at.complaints).toEqual([]);
  });
});
