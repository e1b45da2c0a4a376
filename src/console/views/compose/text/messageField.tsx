import { useRef } from 'preact/hooks';
import { t } from '../../../texts';
import { Card } from '../../../widgets/looks';
import { change, draft } from '../draft/draft';
import type { Saved } from '../saved';
import type { Table } from '../table/table';
import { DearCharacters } from './dearCharacters';
import type { Looked } from '../outcome/usePreview';

type Props = { readonly saved: Saved; readonly table: Table | null; readonly looked: Looked };

/** The text, with its length in parts and the fields that the list offers. */
export function MessageField({ saved, table, looked }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const d = draft.value;
  const segments = looked.preview?.segments;
  const insert = (field: string) => {
    const at = area.current?.selectionStart ?? d.message.length;
    const placeholder = `{{${field}}}`;
    change({ message: d.message.slice(0, at) + placeholder + d.message.slice(area.current?.selectionEnd ?? at) });
    area.current?.focus();
    requestAnimationFrame(() => area.current?.setSelectionRange(at + placeholder.length, at + placeholder.length));
  };
  const fields = [
    ...new Set([
      ...(table?.columns.filter((column) => column !== looked.preview?.source?.column) ?? []),
      ...fieldsOfLists(saved, d.lists),
    ]),
  ];
  return (
    <Card title={t.compose.message}>
      {saved.templates.length > 0 && (
        <label class="field">
          <span>{t.compose.template}</span>
          <select value={d.template} onChange={(event) => change({ template: event.currentTarget.value })}>
            <option value="">{t.compose.noTemplate}</option>
            {saved.templates.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {d.template === '' ? (
        <>
          <textarea
            ref={area}
            rows={6}
            aria-label={t.compose.message}
            aria-describedby="message-hint"
            value={d.message}
            onInput={(event) => change({ message: event.currentTarget.value })}
          />
          <div class="row between">
            {fields.length > 0 ? (
              <div class="row">
                <span class="small">{t.compose.fields}</span>
                {fields.map((field) => (
                  <button
                    key={field}
                    type="button"
                    class="chip"
                    aria-label={t.compose.insert(field)}
                    onClick={() => insert(field)}
                  >
                    {field}
                  </button>
                ))}
              </div>
            ) : (
              <p class="small" id="message-hint">
                {t.compose.messageHint}
              </p>
            )}
            <p class="small counted" role="status">
              {segments === undefined
                ? t.compose.onlyCharacters(lengthOf(d.message))
                : t.compose.counted(lengthOf(d.message), segments.max ?? segments.perMessage ?? 0)}
            </p>
          </div>
          {segments !== undefined && <DearCharacters segments={segments} />}
        </>
      ) : (
        <p class="template-text">{saved.templates.find(({ name }) => name === d.template)?.message}</p>
      )}
    </Card>
  );
}

/** A flag or a face counts as one, as its writer sees it. */
const lengthOf = (text: string): number => Array.from(new Intl.Segmenter().segment(text)).length;

const fieldsOfLists = (saved: Saved, chosen: readonly string[]): readonly string[] =>
  saved.lists.filter(({ name }) => chosen.includes(name)).flatMap(({ fields }) => fields);
