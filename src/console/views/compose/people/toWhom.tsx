import { useSignal } from '@preact/signals';
import { t } from '../../../texts';
import { bytes } from '../../../texts/format';
import { FileButton } from '../../../widgets/fileButton';
import { Icon } from '../../../widgets/icon';
import { Card } from '../../../widgets/looks';
import { change, choose, draft, file } from '../draft/draft';
import type { Saved } from '../saved';
import type { Table } from '../table/table';
import { FirstRows } from './firstRows';
import { ListChoice } from './listChoice';
import type { Looked } from '../outcome/usePreview';

const ACCEPT = '.csv,.tsv,.txt,.xlsx,.ndjson,.jsonl,.gz';

type Props = { readonly saved: Saved; readonly table: Table | null; readonly looked: Looked };

/** Numbers by hand, from a file, from saved lists. */
export function ToWhom({ saved, table, looked }: Props) {
  const isOver = useSignal(false);
  const chosen = file.value;
  const d = draft.value;
  return (
    <Card title={t.compose.to}>
      <div
        class={`drop ${isOver.value ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={() => {
          isOver.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          isOver.value = false;
          const dropped = event.dataTransfer?.files[0];
          if (dropped !== undefined) choose(dropped);
        }}
      >
        {chosen === null ? (
          <label class="field">
            <span>{t.compose.paste}</span>
            <textarea
              rows={5}
              spellcheck={false}
              value={d.pasted}
              aria-describedby="paste-hint"
              onInput={(event) => change({ pasted: event.currentTarget.value })}
            />
          </label>
        ) : (
          <p class="file">
            <Icon name="file" />
            <span>{t.compose.fileIs(chosen.name, bytes(chosen.size))}</span>
            <button type="button" class="button small" onClick={() => choose(null)}>
              {t.compose.remove}
            </button>
          </p>
        )}
        {isOver.value && <p class="drop-here">{t.compose.drop}</p>}
      </div>
      {chosen === null && (
        <div class="row between">
          <p class="small" id="paste-hint">
            {d.fileName === '' ? t.compose.pasteHint : t.compose.fileGone(d.fileName)}
          </p>
          <FileButton label={t.compose.choose} accept={ACCEPT} onFile={choose} />
        </div>
      )}
      {table !== null && <FirstRows table={table} looked={looked} />}
      <ListChoice saved={saved} />
    </Card>
  );
}
