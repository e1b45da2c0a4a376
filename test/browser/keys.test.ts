import { barriers, describeInBrowser, isWiderThanScreen } from '../support/browser';
import { useDashboard } from '../support/dashboard';

describeInBrowser('The keys in the dashboard', () => {
  const at = useDashboard();
  const row = (name: string) => at.page.getByRole('listitem').filter({ has: at.page.getByRole('heading', { name }) });
  const dialog = () => at.page.getByRole('dialog');
  const field = () => at.page.getByLabel('Key', { exact: true });
  const make = async (name: string, scopes: readonly string[]) => {
    if (!(await at.page.getByLabel('Name').isVisible())) await at.button('Make a key').click();
    await at.page.getByLabel('Name').fill(name);
    for (const scope of scopes) await at.page.getByLabel(scope).check();
    await at.button('Make it').click();
    await at.page.getByRole('heading', { name: `The key “${name}”` }).waitFor();
    return await field().inputValue();
  };
  const isLetIn = async (key: string) =>
    (await fetch(`${at.test.url}/keys/self`, { headers: { 'x-api-key': key } })).ok;

  it('are made, shown once, and let in whoever has them', async () => {
    await at.open('keys');
    await at.text('No keys yet').waitFor();
    await at.button('Make a key').click();
    await at.page.getByLabel('People a day').fill('50');
    const key = await make('front desk', ['send', 'read']);
    await at.text('it will not be shown again').waitFor();
    await row('front desk').getByText('Up to 50 people a day').waitFor();
    await row('front desk').getByText('never used').waitFor();
    expect(await at.page.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage })')).not.toContain(key);
    await at.go('audit');
    await at.go('keys');
    await row('front desk').waitFor();
    expect(await at.page.content()).not.toContain(key);
    await at.button('Sign out').click();
    await at.page.getByLabel('API key').fill(key);
    await at.button('Sign in').click();
    await at.text('Signed in as front desk').waitFor();
    await at.text('This key may send and read.').waitFor();
    expect(at.complaints).toEqual([]);
  });

  it('can be copied', async () => {
    await at.open('keys', { permissions: ['clipboard-read', 'clipboard-write'] });
    const key = await make('copied', ['read']);
    await at.button('Copy').click();
    await at.text('Copied.').waitFor();
    expect(await at.page.evaluate('navigator.clipboard.readText()')).toBe(key);
    await at.button('I have it').click();
    await field().waitFor({ state: 'detached' });
    expect(at.complaints).toEqual([]);
  });

  it('are rotated: the one before goes on for as long as was chosen', async () => {
    await at.open('keys');
    const first = await make('web', ['read']);
    await row('web').getByRole('button', { name: 'Rotate' }).click();
    await dialog().getByRole('button', { name: 'Rotate it' }).click();
    await row('web').getByText('The key before goes on until').waitFor();
    const second = await field().inputValue();
    expect([second === first, await isLetIn(first), await isLetIn(second)]).toEqual([false, true, true]);
    await row('web').getByRole('button', { name: 'Rotate' }).click();
    await dialog().getByLabel('The one used now works for').selectOption('no longer: it ends at once');
    await dialog().getByRole('button', { name: 'Rotate it' }).click();
    await at.text('The one before works no more.').waitFor();
    const third = await field().inputValue();
    expect([await isLetIn(first), await isLetIn(second), await isLetIn(third)]).toEqual([false, false, true]);
    expect(at.complaints).toEqual([]);
  });

  it('of one’s own are rotated without being signed out, and revoked with it', async () => {
    const scopes = ['read', 'manage'];
    const mine = await at.call<{ key: string }>('/keys', { name: 'mine', scopes });
    await at.call('/keys', { name: 'stronger', scopes: ['send'] });
    await at.open('keys', { key: mine.key });
    await row('mine').getByText('Yours').waitFor();
    expect(await row('stronger').getByRole('button', { name: 'Rotate' }).isDisabled()).toBe(true);
    await row('stronger').getByText('May do more than your key').waitFor();
    await at.button('Make a key').click();
    expect(await at.page.getByLabel('approve').isDisabled()).toBe(true);
    await at.button('Cancel').click();
    await row('mine').getByRole('button', { name: 'Rotate' }).click();
    await dialog().getByText('This tab goes on with the new one.').waitFor();
    expect(await dialog().getByRole('option').allTextContents()).toEqual(['a day', 'an hour', 'a week']);
    await dialog().getByRole('button', { name: 'Rotate it' }).click();
    await field().waitFor();
    expect(await at.page.evaluate(`sessionStorage.getItem('broadcaster.key')`)).toBe(await field().inputValue());
    await row('mine').getByRole('button', { name: 'Revoke' }).click();
    await dialog().getByText('You are signed in with it, and will be signed out.').waitFor();
    await dialog().getByRole('button', { name: 'Revoke it for good' }).click();
    await at.heading('Sign in').waitFor();
    // Without a key it is found out whether one is asked for.
    expect(at.complaints.filter((line) => !/status of (401|403)/.test(line))).toEqual([]);
  });

  it('are revoked for good, once it was said what that means', async () => {
    await at.open('keys');
    const key = await make('leaver', ['read']);
    await row('leaver').getByRole('button', { name: 'Revoke' }).click();
    await dialog().getByText('This can’t be undone.').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    expect(await isLetIn(key)).toBe(true);
    await row('leaver').getByRole('button', { name: 'Revoke' }).click();
    await dialog().getByRole('button', { name: 'Revoke it for good' }).click();
    await at.text('leaver is revoked.').waitFor();
    await row('leaver').waitFor({ state: 'detached' });
    expect(await isLetIn(key)).toBe(false);
    expect(at.complaints).toEqual([]);
  });

  it('that may do nothing, or have a name that is taken, are not made', async () => {
    await at.call('/keys', { name: 'taken', scopes: ['read'] });
    await at.open('keys');
    await at.button('Make a key').click();
    await at.page.getByLabel('Name').fill('taken');
    await at.button('Make it').click();
    await at.text('Choose at least one thing that it may do.').waitFor();
    await at.page.getByLabel('read').check();
    await at.button('Make it').click();
    await at.text('There is a key of this name.').waitFor();
    expect(at.complaints.filter((line) => !line.includes('status of 409'))).toEqual([]);
  });

  it('of which the answer was lost say that nobody has them', async () => {
    await at.open('keys');
    await at.intercept('/keys', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await at.button('Make a key').click();
    await at.page.getByLabel('Name').fill('lost');
    await at.page.getByLabel('read').check();
    await at.button('Make it').click();
    await at.text('nobody has the key').waitFor();
    await row('lost').waitFor();
    expect(at.complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'can be read by everybody, %s, from phone to wide screen',
    async (colorScheme) => {
      await at.open('keys', { colorScheme });
      await make(`looked at ${colorScheme}`, ['send', 'read', 'manage', 'approve']);
      await at.button('Make a key').click();
      for (const width of [360, 768, 1440]) {
        await at.page.setViewportSize({ width, height: 900 });
        expect([width, await barriers(at.page), await isWiderThanScreen(at.page)]).toEqual([width, [], false]);
        await row('web').getByRole('button', { name: 'Rotate' }).click();
        await dialog().waitFor();
        expect([width, await barriers(at.page)]).toEqual([width, []]);
        await dialog().getByRole('button', { name: 'Cancel' }).click();
        await dialog().waitFor({ state: 'detached' });
      }
      expect(at.complaints).toEqual([]);
    },
  );
});
