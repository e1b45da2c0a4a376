import { gzipSync } from 'node:zlib';
import type { Route } from 'playwright-core';
import writeXlsxFile from 'write-excel-file/node';
import { describeInBrowser } from '../support/browser';
import { useDashboard } from '../support/dashboard';

const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);

describeInBrowser('A draft in the dashboard', () => {
  const at = useDashboard();

  const field = (label: string) => at.page.getByLabel(label);
  const message = () => at.page.getByRole('textbox', { name: 'Message' });
  const choose = async (name: string, content: string | Buffer) => {
    const remove = at.button('Remove the file');
    if ((await remove.count()) > 0) await remove.click();
    const buffer = Buffer.from(content);
    await at.page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  };
  const head = () => at.page.locator('table.sample th').allInnerTexts();
  const faulty = () => at.page.locator('table.sample tr.faulty td:first-child');

  it('begins as a copy of another broadcast with nothing of what was written before', async () => {
    const { id } = await at.call('/broadcast', { name: 'First', message: 'Doors open', recipients: ['+14155550101'] });
    const second = await at.call('/broadcast', { name: 'Second', message: 'They close', recipients: ['+14155550101'] });
    await at.open('compose');
    await field('Numbers, one a line').fill('+14155550102');
    await field('At a time').check();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late = async (route: Route) => {
      await held;
      await route.fallback();
    };
    await at.page.route(new RegExp(`broadcast/${id}$`), late);
    await at.go(`compose?from=${id}`);
    await at.go(`compose?from=${second.id}`);
    await at.page.locator('.phone .bubble').getByText('They close').waitFor();
    release();
    await message().fill('They close at 9');
    // Its address is that of the draft now: coming back takes nothing away.
    await at.go('lists');
    await at.heading('Lists').waitFor();
    await at.page.goBack();
    await at.heading('New broadcast').waitFor();
    expect(await message().inputValue()).toBe('They close at 9');
    expect(await field('Name').first().inputValue()).toBe('Second');
    expect(await field('Numbers, one a line').inputValue()).toBe('');
    expect(await field('As soon as I send it').isChecked()).toBe(true);
  });

  it('shows the first rows of every kind of file, and marks the line that has no number', async () => {
    await at.open('compose');
    await message().fill('Hello');
    const csv = '\n"phone";"note"\n+14155550101;"two\nlines"\n\n+1415;bad\n';
    await choose('people.csv', csv);
    await faulty().getByText('+1415').waitFor();
    expect([await head(), await faulty().count()]).toEqual([['phone', 'note'], 1]);

    await choose('people.csv.gz', gzipSync(csv.replace('note', 'packed')));
    await at.page.getByRole('columnheader', { name: 'packed' }).waitFor();
    await faulty().getByText('+1415').waitFor();

    await choose('people.ndjson', '{"phone":"+14155550101","name":"Ann"}\n\n{"phone":"+1415","city":"Ulm"}\n');
    await at.page.getByRole('columnheader', { name: 'city' }).waitFor();
    await faulty().getByText('+1415').waitFor();
    expect(await head()).toEqual(['phone', 'name', 'city']);
  });

  it('shows the cells of a workbook where they stand', async () => {
    const sheet = await writeXlsxFile([
      [{ value: 'Mobile' }, { value: 'City' }, { value: 'Name' }],
      [{ value: '+14155550101' }, null, { value: 'Ann' }],
      [null, null, null],
      [{ value: '+1415' }, { value: 'Ulm' }, { value: 'Bob' }],
    ]).toBuffer();
    await at.open('compose');
    await message().fill('Hello');
    await choose('people.xlsx', sheet);
    await faulty().getByText('+1415').waitFor();
    const cells = at.page.locator('table.sample tbody tr').first().locator('td');
    expect(await cells.allInnerTexts()).toEqual(['+14155550101', '', 'Ann']);
  });

  it('has one button, which says what it will do and cannot be pressed twice', async () => {
    await at.open('compose');
    const send = at.page.locator('.button.large');
    expect([await send.innerText(), await send.isDisabled()]).toEqual(['Send', true]);
    await field('Numbers, one a line').fill('+14155550101\n+14155550102');
    await message().fill('Once');
    await at.button('Send 2 texts').waitFor();
    await field('At a time').check();
    await at.page.getByRole('textbox', { name: 'Time' }).fill(TOMORROW);
    await at.button('Schedule 2 texts').waitFor();
    await field('As soon as I send it').check();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await at.intercept('/broadcast', async (route) => {
      await held;
      await route.fallback();
    });
    await at.button('Send 2 texts').click();
    await at.button('Sending…').waitFor();
    expect([await send.count(), await send.isDisabled()]).toEqual([1, true]);
    release();
    await at.text('All 2 people have it.').waitFor();
  });
});
