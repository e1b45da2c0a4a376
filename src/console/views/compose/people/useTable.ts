import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { draft, file } from '../draft/draft';
import { asFile, isTable } from '../draft/pasted';
import { headOf, type Table } from '../table/table';

/** The first rows of the file or of what was pasted; null where there is no table. */
export function useTable(): Signal<Table | null> {
  const table = useSignal<Table | null>(null);
  const chosen = file.value;
  const { pasted } = draft.value;
  useEffect(() => {
    const source = chosen ?? (isTable(pasted) ? asFile(pasted) : null);
    if (source === null) {
      table.value = null;
      return;
    }
    let isGone = false;
    headOf(source)
      .then((found) => {
        if (!isGone) table.value = found;
      })
      .catch(() => {
        // The service says what is wrong with the file.
        if (!isGone) table.value = null;
      });
    return () => {
      isGone = true;
    };
  }, [chosen, pasted]);
  return table;
}
