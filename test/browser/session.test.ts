import { describeInBrowser } from '../support/browser';
import { useDashboard } from '../support/dashboard';

describeInBrowser('Whoever leaves the dashboard', () => {
  const at = useDashboard();

  const write = async () => {
    await at.page.getByLabel('Numbers, one a line').fill('+14155550101');
    await at.page.getByRole('textbox', { name: 'Message' }).fill('Between us');
    await at.page.getByLabel('Your number').fill('+14155550199');
  };
  const kept = () => at.page.evaluate('JSON.stringify({ ...sessionStorage })');

  it('leaves nothing that they wrote', async () => {
    await at.open('compose');
    await write();
    await at.button('Send a test to me').click();
    await at.text('A test is on its way').waitFor();
    await at.button('Sign out').click();
    await at.heading('Sign in').waitFor();
    expect(await kept()).not.toMatch(/Between us|5550101|5550199/);
    await at.page.getByLabel('API key').fill('test-key-0123456789');
    await at.button('Sign in').click();
    await at.heading('New broadcast').waitFor();
    expect(await at.page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('');
    expect(await at.page.getByLabel('Your number').inputValue()).toBe('');
  });

  it('is asked for a key where theirs was revoked', async () => {
    const made = await at.call<{ id: string; key: string }>('/keys', { name: 'desk', scopes: ['send', 'read'] });
    await at.open('compose', { key: made.key });
    await write();
    await at.call(`/keys/${made.id}`, undefined, 'DELETE');
    await at.go('broadcasts');
    await at.heading('Sign in').waitFor();
    expect(await kept()).not.toContain('Between us');
  });

  it('is told of an address that somebody has mangled', async () => {
    await at.open('broadcasts/%E0%');
    await at.text('There is nothing at this address.').waitFor();
    await at.go('constructor');
    await at.text('There is nothing at this address.').waitFor();
    expect(at.complaints).toEqual([]);
  });
});
