import { t } from '../../../texts';
import { change, draft } from '../draft/draft';
import type { Looked } from '../outcome/usePreview';
import type { Table } from '../table/table';

/** One's own table, with the lines marked that hold no number. */
export function FirstRows({ table, looked }: { table: Table; looked: Looked }) {
  const faults = new Map(looked.preview?.invalidRecipients.map(({ line, reason }) => [line, reason]));
  return (
    <>
      <div class="row between">
        <h3>{t.compose.firstRows}</h3>
        <label class="field inline">
          <span>{t.compose.numbersIn}</span>
          <select value={draft.value.column} onChange={(event) => change({ column: event.currentTarget.value })}>
            <option value="">{t.compose.findItself}</option>
            {table.columns.map((column) => (
              <option key={column} value={column}>
                {column}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={t.compose.firstRows}>
        <table class="sample">
          <thead>
            <tr>
              {table.columns.map((column, place) => (
                <th key={place} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ line, cells }) => {
              const fault = faults.get(line);
              return (
                <tr key={line} class={fault === undefined ? '' : 'faulty'}>
                  {table.columns.map((_, place) => (
                    <td key={place}>
                      {cells[place] ?? ''}
                      {place === 0 && fault !== undefined && <span class="fault">{fault}</span>}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
