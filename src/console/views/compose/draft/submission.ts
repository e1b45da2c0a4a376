import type { Draft } from './draft';
import { asFile, isTable, numbersIn } from './pasted';

/** Whether there is enough to ask what would become of it. */
export const isComplete = (d: Draft, file: File | null): boolean =>
  (file !== null || d.pasted.trim() !== '' || d.lists.length > 0) &&
  (d.template !== '' || d.message.trim() !== '') &&
  (d.when === 'now' || d.at !== '');

/** The body of `POST /broadcast`, of its preview and of its test: the same to the letter, so that the digest fits. */
export function bodyOf(d: Draft, file: File | null, test?: { readonly to: string }): FormData | object {
  const table = file ?? (isTable(d.pasted) ? asFile(d.pasted) : null);
  const fields = { ...fieldsOf(d), ...(test === undefined ? {} : { to: [test.to] }) };
  if (table === null) {
    const recipients = numbersIn(d.pasted);
    return recipients.length === 0 ? fields : { ...fields, recipients };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const one of Array.isArray(value) ? value : [value])
      form.append(name, typeof one === 'string' ? one : JSON.stringify(one));
  if (d.column !== '') form.append('column', d.column);
  // What comes before the file says how to read it.
  form.append('recipients', table, table.name);
  return form;
}

type Fields = Readonly<Record<string, string | boolean | readonly string[] | { readonly recipients: number }>>;

/** All but whom it goes to. */
export function fieldsOf(d: Draft): Fields {
  const texts = {
    name: d.name.trim(),
    sender: d.sender.trim(),
    topic: d.topic.trim(),
    quietHours: d.quietHours.trim(),
    defaultCountry: d.defaultCountry.trim(),
    ...(d.template === '' ? { message: d.message } : { template: d.template }),
    ...(d.when === 'later' ? { sendAt: new Date(d.at).toISOString() } : {}),
    ...(d.when === 'local' ? { sendAtLocal: d.at } : {}),
  };
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')),
    ...(d.lists.length === 0 ? {} : { lists: d.lists }),
    ...(d.exceptLists.length === 0 ? {} : { exceptLists: d.exceptLists }),
    ...(Number(d.canary) > 0 ? { canary: { recipients: Number(d.canary) } } : {}),
    ...(d.skip ? { invalidRecipients: 'skip' } : {}),
    ...(d.ignoreBalance ? { ignoreBalance: true } : {}),
  };
}
