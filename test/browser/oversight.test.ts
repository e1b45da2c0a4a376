import { describeInBrowser } from '../support/browser';
import { useDashboard } from '../support/dashboard';

describeInBrowser('In the dashboard, whoever looks after others', () => {
  const at = useDashboard({
    APPROVAL_ABOVE: '1',
    // Nobody listens there.
    WEBHOOK_URL: 'http://127.0.0.1:9/told',
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  });

  const wait = (name: string) =>
    at.call('/broadcast', { name, message: 'Hi', recipients: ['+14155550101', '+14155550102'] });
  const colleague = async () => {
    const scopes = ['send', 'read', 'approve', 'manage'];
    const name = `colleague ${Date.now()}`;
    return (await at.call<{ key: string }>('/keys', { name, scopes })).key;
  };

  it('lets the broadcast of somebody else go, as it was accepted', async () => {
    const { id } = await wait('For two');
    await at.open(`broadcasts/${id}`, { key: await colleague() });
    await at.button('Approve').click();
    await at.heading('For two').waitFor();
    await at.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await at.text('All 2 people have it.').waitFor();
    expect(at.complaints).toEqual([]);
  });

  it('rejects it with a reason', async () => {
    const { id } = await wait('Not so');
    await at.open(`broadcasts/${id}`, { key: await colleague() });
    await at.button('Reject').click();
    await at.page.getByLabel('Why not').fill('The date is wrong.');
    await at.page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await at.text('Cancelled before anybody was texted.').waitFor();
    expect(at.test.simulator.textsOf('+14155550102')).toHaveLength(1);
  });

  it('sees what other programs did not take, and tells it again', async () => {
    await wait('Told');
    await at.open('webhooks');
    const told = at.page.getByRole('listitem').filter({ hasText: 'broadcast.awaiting_approval' }).first();
    await told.getByText('1 try').click();
    await told.getByText('The connection was refused').first().waitFor();
    await told.getByRole('button', { name: 'Tell it again' }).click();
    await at.text('It is told once more.').waitFor();
    await at.go('audit');
    await at.heading('Changes').waitFor();
    await at.page.getByText('API_KEY').first().waitFor();
    expect(at.complaints).toEqual([]);
  });
});
