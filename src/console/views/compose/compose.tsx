import { t } from '../../texts';
import { draft, isBlank, startOver } from './draft/draft';
import { useBeginning } from './draft/useBeginning';
import { MessageField } from './text/messageField';
import { Options } from './options';
import { Outcome } from './outcome/outcome';
import { useSaved } from './saved';
import { ToWhom } from './people/toWhom';
import { useTable } from './people/useTable';
import { usePreview } from './outcome/usePreview';

/** A broadcast from the first number to the one button, with what will happen beside it all the time. */
export function Compose() {
  useBeginning();
  const saved = useSaved();
  const table = useTable();
  const { looked, refresh } = usePreview();
  return (
    <>
      <header class="head">
        <h1>{t.compose.title}</h1>
        {!isBlank(draft.value) && (
          <button type="button" class="quiet-link" onClick={() => startOver()}>
            {t.compose.clear}
          </button>
        )}
      </header>
      <div class="columns compose">
        <div class="column">
          <ToWhom saved={saved} table={table.value} looked={looked.value} />
          <MessageField saved={saved} table={table.value} looked={looked.value} />
          <Options />
        </div>
        <div class="column side-sticky">
          <Outcome looked={looked.value} saved={saved} onOutdated={refresh} />
        </div>
      </div>
    </>
  );
}
