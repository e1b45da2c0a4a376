import { describeInBrowser } from '../support/browser';
import { useDashboard } from '../support/dashboard';
import { numbers } from '../support/client';

const LATER = new Date(Date.now() + 3_600_000).toISOString();
const [ANN, BOB] = numbers(2) as [string, string];

describeInBrowser('The dashboard offers what the key allows', () => {
  const at = useDashboard({ APPROVAL_ABOVE: '1', PLIVO_UNCONFIRMED: 'hold' });
  const keyWith = async (scopes: readonly string[], more: object = {}) =>
    (await at.call<{ key: string }>('/keys', { name: `desk ${scopes.join(' ')} ${Date.now()}`, scopes, ...more })).key;
  const navigation = () => at.page.getByRole('navigation');
  const linkTo = (name: string) => navigation().getByRole('link', { name, exact: true });
  const buttons = async () => (await at.page.locator('main').getByRole('button').allTextContents()).join(' | ');

  it('nothing that sends or changes to whoever may only read', async () => {
    const { id } = await at.call('/broadcast', { name: 'Tonight', message: 'x', recipients: [ANN], sendAt: LATER });
    at.test.simulator.addFault({ kind: 'reset' });
    const held = await at.call('/broadcast', { name: 'Held', message: 'y', recipients: [ANN] });
    const waits = await at.call('/broadcast', { name: 'For two', message: 'z', recipients: [ANN, BOB] });
    await at.call('/lists/guests', { recipients: [ANN] }, 'PUT');
    await at.call('/templates/doors', { message: 'Doors open.' }, 'PUT');
    await at.open('', { key: await keyWith(['read']) });
    await at.text('This key may read.').waitFor();
    await at.text('Tonight').waitFor();
    expect(await navigation().getByRole('link').allTextContents()).toEqual(
      expect.not.arrayContaining(['New broadcast', 'Changes', 'Keys']),
    );
    expect(await buttons()).toBe('');
    expect(await at.page.getByRole('link', { name: 'Use again' }).count()).toBe(0);
    await at.go(`broadcasts/${id}`);
    await at.heading('Tonight').waitFor();
    expect(await buttons()).not.toMatch(/Pause|Cancel/);
    await at.go(`broadcasts/${held.id}`);
    await at.text('Somebody whose key may send has to decide.').waitFor();
    expect(await buttons()).not.toMatch(/Plivo has it|Send it/);
    await at.go(`broadcasts/${waits.id}`);
    await at.text('It waits for somebody whose key may approve.').waitFor();
    expect(await buttons()).not.toMatch(/Approve|Reject/);
    await at.go('lists');
    await at.text('guests').waitFor();
    expect(await buttons()).toBe('');
    await at.go('templates');
    await at.text('Doors open.').waitFor();
    expect(await buttons()).toBe('');
    await at.go(`people?number=${encodeURIComponent(ANN)}`);
    await at.text('May be texted').or(at.text(/never/i)).waitFor();
    expect(await buttons()).toBe('Look up');
    expect(at.complaints).toEqual([]);
  });

  it('a way back from a view that it does not, with the reason', async () => {
    await at.open('keys', { key: await keyWith(['send', 'read']) });
    await at.text('It takes a key that may manage. Yours may send and read.').waitFor();
    await at.heading('Keys').waitFor();
    await at.page.locator('main').getByRole('link', { name: 'New broadcast' }).click();
    await at.heading('New broadcast').waitFor();
    expect(at.complaints).toEqual([]);
  });

  it('writing to whoever may only send, who stays there afterwards', async () => {
    await at.open('compose', { key: await keyWith(['send']) });
    await at.page.getByLabel('Numbers, one a line').fill(ANN);
    await at.page.getByRole('textbox', { name: 'Message' }).fill('Unseen');
    await at.button('Send 1 text').click();
    await at.text('1 text').waitFor();
    await at.heading('New broadcast').waitFor();
    expect(await linkTo('Broadcasts').count()).toBe(0);
    expect(at.complaints).toEqual([]);
  });

  it('what is about all broadcasts to nobody who sees only their own', async () => {
    await at.open('webhooks', { key: await keyWith(['send', 'read', 'manage'], { ownOnly: true }) });
    await at.text('This tells of all broadcasts, and your key sees only its own.').waitFor();
    expect(await linkTo('Webhooks').count()).toBe(0);
    await linkTo('Keys').click();
    await at.text('Your key has limits itself').waitFor();
    expect(await at.button('Make a key').count()).toBe(0);
    expect(at.complaints).toEqual([]);
  });

  it('no longer what it has lost, after saying what the service said', async () => {
    const key = await keyWith(['read']);
    await at.call('/broadcast', { name: 'Tomorrow', message: 'x', recipients: [ANN], sendAt: LATER });
    await at.open('', { key });
    await at.text('This key may read.').waitFor();
    // As it was a moment ago.
    await at.page.route(/keys\/self/, (route) => route.fulfill({ json: ALL }), { times: 1 });
    await at.page.reload();
    const row = at.page.getByRole('listitem').filter({ hasText: 'Tomorrow' });
    await row.getByRole('button', { name: 'Pause' }).click();
    await at.button('Pause it').click();
    await at.text('This needs a key with the scope "send". Yours has "read".').waitFor();
    await row.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached' });
    expect(at.complaints.filter((line) => !line.includes('status of 403'))).toEqual([]);
  });
});

const ALL = {
  kind: 'key',
  id: null,
  name: 'desk',
  scopes: ['send', 'read', 'manage', 'approve'],
  ownOnly: false,
  dailyRecipients: null,
};
