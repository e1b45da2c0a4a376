import { useSignal } from '@preact/signals';
import { useLive } from '../api/live';
import { ask } from '../api/request';
import { may } from '../api/self';
import type { OptOut, Page } from '../api/types';
import { go, href, place } from '../app/router';
import { t } from '../texts';
import { ago, moment } from '../texts/format';
import { FileButton } from '../widgets/fileButton';
import { Card, Empty, NotYet, Trouble } from '../widgets/looks';
import { OlderOnes } from './pager';
import { NumberSearch } from './people';

const PAGE = 50;
const EVERY_MS = 5000;

type Imported = { readonly importId: string; readonly imported: number; readonly alreadyOptedOut: number };

/** Who must not be texted. */
export function OptOuts() {
  const cursor = place.value.query.get('cursor') ?? '';
  const { known, refresh } = useLive(
    `opt-outs ${cursor}`,
    (signal) => ask<Page<OptOut>>('opt-outs', { query: { limit: PAGE, cursor }, signal }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  return (
    <>
      <header class="head">
        <h1>{t.optOutsView.title}</h1>
        <p class="hint">{t.optOutsView.lead}</p>
      </header>
      <NumberSearch value="" onSearch={(number) => go(['people'], { number })} />
      {may('manage') && <Import onDone={refresh} />}
      <NotYet value={value} error={error} onRetry={refresh} />
      {value?.data.length === 0 && <Empty title={t.optOutsView.empty} />}
      {value !== null && value.data.length > 0 && <Table optOuts={value.data} />}
      <OlderOnes next={value?.next} />
    </>
  );
}

function Table({ optOuts }: { optOuts: readonly OptOut[] }) {
  return (
    <Card>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.optOutsView.number}</th>
            <th scope="col">{t.optOutsView.source}</th>
            <th scope="col" class="wide">
              {t.optOutsView.note}
            </th>
            <th scope="col" class="num wide">
              {t.optOutsView.since}
            </th>
          </tr>
        </thead>
        <tbody>
          {optOuts.map(({ number, source, optedOutAt, history }) => (
            <tr key={number}>
              <td class="phone-number">
                <a href={href(['people'], { number })}>{number}</a>
              </td>
              <td>
                {t.source[source]}
                <span class="narrow soft">{ago(optedOutAt)}</span>
              </td>
              <td class="wide soft">{history.find(({ note }) => note !== null)?.note}</td>
              <td class="num wide soft">
                <time dateTime={optedOutAt} title={moment(optedOutAt)}>
                  {ago(optedOutAt)}
                </time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** A file's numbers, all or none; and back again. */
function Import({ onDone }: { onDone: () => void }) {
  const done = useSignal<string | null>(null);
  const undoable = useSignal<string | null>(null);
  const fault = useSignal<unknown>(null);
  const perform = async (what: () => Promise<void>) => {
    fault.value = null;
    try {
      await what();
    } catch (error) {
      fault.value = error;
    }
    onDone();
  };
  const take = (file: File) =>
    perform(async () => {
      const headers = { 'content-type': typeOf(file) };
      const body = new Blob([file], { type: headers['content-type'] });
      const answer = await ask<Imported>('opt-outs/import', { method: 'POST', body, headers });
      done.value = t.optOutsView.imported(answer.imported, answer.alreadyOptedOut);
      undoable.value = answer.importId;
    });
  const undo = (importId: string) =>
    perform(async () => {
      const { removed } = await ask<{ removed: number }>(`opt-outs/imports/${importId}`, { method: 'DELETE' });
      done.value = t.optOutsView.undone(removed);
      undoable.value = null;
    });
  return (
    <>
      <FileButton label={t.optOutsView.import} onFile={(file) => void take(file)} />
      {done.value !== null && (
        <div class="notice good row" role="status">
          <span>{done.value}</span>
          {undoable.value !== null && (
            <button type="button" class="button small" onClick={() => void undo(undoable.value ?? '')}>
              {t.optOutsView.undo}
            </button>
          )}
        </div>
      )}
      {fault.value !== null && <Trouble error={fault.value} />}
    </>
  );
}

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** By the name: what a browser says of a CSV depends on the programs that are installed. */
const typeOf = ({ name }: File): string => (/\.xlsx$/i.test(name) ? WORKBOOK : 'text/csv');
