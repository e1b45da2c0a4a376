import { useSignal } from '@preact/signals';
import { useLive } from '../api/live';
import { Refused } from '../api/faults';
import { ask } from '../api/request';
import { may } from '../api/self';
import type { List, Page } from '../api/types';
import { href } from '../app/router';
import { t } from '../texts';
import { ago } from '../texts/format';
import { announce } from '../widgets/announce';
import { confirm } from '../widgets/confirm';
import { FileButton } from '../widgets/fileButton';
import { Card, Empty, NotYet, Trouble, wordsOf } from '../widgets/looks';

const EVERY_MS = 10_000;
const MOST = 1000;

/** Saved lists: made from a file, written to, deleted. */
export function Lists() {
  const { known, refresh } = useLive(
    'lists',
    (signal) => ask<Page<List>>('lists', { query: { limit: MOST }, signal }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  const remove = async (name: string) => {
    const question = { title: t.listsView.removeTitle(name), points: t.listsView.removePoints };
    if ((await confirm({ ...question, action: t.listsView.remove, isDangerous: true })) === null) return;
    try {
      await ask(`lists/${encodeURIComponent(name)}`, { method: 'DELETE' });
      announce(t.listsView.removed(name));
    } catch (problem) {
      announce(wordsOf(problem), true);
    }
    refresh();
  };
  return (
    <>
      <header class="head">
        <h1>{t.listsView.title}</h1>
        <p class="hint">{t.listsView.lead}</p>
      </header>
      {may('manage') && <Upload onDone={refresh} />}
      <NotYet value={value} error={error} onRetry={refresh} />
      {value?.data.length === 0 && <Empty title={t.listsView.empty} />}
      <ul class="rows">
        {value?.data.map(({ name, recipients, fields, updatedAt }) => (
          <li key={name} class="card saved-row">
            <div>
              <h2>{name}</h2>
              <p class="soft">
                {t.listsView.people(recipients)}, {t.listsView.changed(ago(updatedAt))}
              </p>
              <p class="small">
                {fields.length === 0 ? t.listsView.noFields : `${t.listsView.fields}: ${fields.join(', ')}`}
              </p>
            </div>
            <div class="controls">
              {may('send') && (
                <a class="button small" href={href(['compose'], { list: name })}>
                  {t.listsView.use}
                </a>
              )}
              {may('manage') && (
                <button type="button" class="button small" onClick={() => void remove(name)}>
                  {t.listsView.remove}
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Upload({ onDone }: { onDone: () => void }) {
  const name = useSignal('');
  const fault = useSignal<unknown>(null);
  const take = async (file: File) => {
    fault.value = null;
    const called = name.value.trim() === '' ? file.name.replace(/\.\w+$/, '') : name.value.trim();
    const form = new FormData();
    form.append('recipients', file, file.name);
    try {
      if (!(await mayReplace(called))) return;
      const list = await ask<List>(`lists/${encodeURIComponent(called)}`, { method: 'PUT', body: form });
      announce(t.listsView.uploaded(list.name, list.recipients));
      name.value = '';
    } catch (error) {
      fault.value = error;
    }
    onDone();
  };
  return (
    <Card title={t.listsView.create} hint={t.listsView.replaceHint}>
      <div class="row bottom">
        <label class="field grow">
          <span>{t.listsView.name}</span>
          <input
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <FileButton label={t.listsView.file} onFile={(file) => void take(file)} />
      </div>
      {fault.value !== null && <Trouble error={fault.value} />}
    </Card>
  );
}

/** Asks first where a list has the name already: its people would be gone. */
async function mayReplace(name: string): Promise<boolean> {
  try {
    const { recipients } = await ask<List>(`lists/${encodeURIComponent(name)}`);
    const question = { title: t.listsView.replaceTitle(name), points: t.listsView.replacePoints(recipients) };
    return (await confirm({ ...question, action: t.listsView.replace, isDangerous: true })) !== null;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return true;
    throw error;
  }
}
