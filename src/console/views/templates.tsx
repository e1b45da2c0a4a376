import { useSignal } from '@preact/signals';
import { useLive } from '../api/live';
import { ask } from '../api/request';
import { may } from '../api/self';
import type { Page, Template } from '../api/types';
import { href } from '../app/router';
import { t } from '../texts';
import { ago } from '../texts/format';
import { announce } from '../widgets/announce';
import { confirm } from '../widgets/confirm';
import { Card, Empty, NotYet, Trouble, wordsOf } from '../widgets/looks';

const EVERY_MS = 10_000;
const MOST = 1000;

/** Saved texts: written, changed, used, deleted. */
export function Templates() {
  const edited = useSignal<{ name: string; message: string }>({ name: '', message: '' });
  const { known, refresh } = useLive(
    'templates',
    (signal) => ask<Page<Template>>('templates', { query: { limit: MOST }, signal }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  const remove = async (name: string) => {
    const question = { title: t.templatesView.removeTitle(name), points: t.templatesView.removePoints };
    if ((await confirm({ ...question, action: t.templatesView.remove, isDangerous: true })) === null) return;
    try {
      await ask(`templates/${encodeURIComponent(name)}`, { method: 'DELETE' });
      announce(t.templatesView.removed(name));
    } catch (problem) {
      announce(wordsOf(problem), true);
    }
    refresh();
  };
  return (
    <>
      <header class="head">
        <h1>{t.templatesView.title}</h1>
        <p class="hint">{t.templatesView.lead}</p>
      </header>
      {may('manage') && (
        <Editor
          edited={edited.value}
          onEdit={(next) => {
            edited.value = next;
          }}
          onDone={refresh}
        />
      )}
      <NotYet value={value} error={error} onRetry={refresh} />
      {value?.data.length === 0 && <Empty title={t.templatesView.empty} />}
      <ul class="rows">
        {value?.data.map(({ name, version, message, createdAt }) => (
          <li key={name} class="card saved-row">
            <div>
              <h2>{name}</h2>
              <p class="template-text">{message}</p>
              <p class="small">
                {t.templatesView.version(version)}, {ago(createdAt)}
              </p>
            </div>
            <div class="controls">
              {may('send') && (
                <a class="button small" href={href(['compose'], { template: name })}>
                  {t.templatesView.use}
                </a>
              )}
              {may('manage') && (
                <>
                  <button
                    type="button"
                    class="button small"
                    onClick={() => {
                      edited.value = { name, message };
                      scrollTo({ top: 0, behavior: 'smooth' });
                    }}
                  >
                    {t.templatesView.edit}
                  </button>
                  <button type="button" class="button small" onClick={() => void remove(name)}>
                    {t.templatesView.remove}
                  </button>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

type Edited = { readonly name: string; readonly message: string };
type EditorProps = { readonly edited: Edited; readonly onEdit: (next: Edited) => void; readonly onDone: () => void };

function Editor({ edited, onEdit, onDone }: EditorProps) {
  const fault = useSignal<unknown>(null);
  const save = async () => {
    fault.value = null;
    try {
      const path = `templates/${encodeURIComponent(edited.name.trim())}`;
      const saved = await ask<Template>(path, { method: 'PUT', body: { message: edited.message } });
      announce(t.templatesView.saved(saved.name, saved.version));
      onEdit({ name: '', message: '' });
    } catch (error) {
      fault.value = error;
    }
    onDone();
  };
  return (
    <Card title={t.templatesView.create}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label class="field">
          <span>{t.templatesView.name}</span>
          <input
            required
            maxLength={100}
            value={edited.name}
            onInput={(event) => onEdit({ ...edited, name: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{t.templatesView.message}</span>
          <textarea
            required
            rows={3}
            value={edited.message}
            onInput={(event) => onEdit({ ...edited, message: event.currentTarget.value })}
          />
        </label>
        {fault.value !== null && <Trouble error={fault.value} />}
        <button type="submit" class="button primary">
          {t.templatesView.save}
        </button>
      </form>
    </Card>
  );
}
