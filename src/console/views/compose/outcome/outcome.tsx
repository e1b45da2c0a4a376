import { t } from '../../../texts';
import { Card, Trouble } from '../../../widgets/looks';
import type { Saved } from '../saved';
import { Figures } from './figures';
import { Sending } from './sending';
import { SomebodysPhone } from './somebodysPhone';
import { TestToMe } from './testToMe';
import type { Looked } from './usePreview';

type Props = { readonly looked: Looked; readonly saved: Saved; readonly onOutdated: () => void };

/** What will happen, and the one button. */
export function Outcome({ looked, saved, onOutdated }: Props) {
  const { preview, error, isBusy } = looked;
  return (
    <>
      <Card title={t.compose.preview} end={isBusy && <span class="small">{t.compose.checking}</span>}>
        {preview === null && error === null && <p class="hint">{t.compose.previewEmpty}</p>}
        {error !== null && <Trouble error={error} />}
        {preview !== null && <Figures preview={preview} />}
        <Sending looked={looked} onOutdated={onOutdated} />
      </Card>
      <Card title={t.one.asSent}>
        <SomebodysPhone preview={preview} saved={saved} />
        <TestToMe looked={looked} />
      </Card>
    </>
  );
}
