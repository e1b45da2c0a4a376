import { useSignal } from '@preact/signals';
import { useLive } from '../../api/live';
import { ask } from '../../api/request';
import { mayChangeKeys } from '../../api/self';
import type { ApiKey, Page, ShownKey } from '../../api/types';
import { place } from '../../app/router';
import { t } from '../../texts';
import { Empty, NotYet } from '../../widgets/looks';
import { OlderOnes } from '../pager';
import { KeyRow } from './keyRow';
import { MakeKey } from './makeKey';
import { Shown } from './shown';

const PAGE = 50;
const EVERY_MS = 10_000;

/** Who may come in: made, given another secret, ended. */
export function Keys() {
  const cursor = place.value.query.get('cursor') ?? '';
  /** Kept nowhere but here: gone with the view. */
  const shown = useSignal<ShownKey | null>(null);
  const { known, refresh } = useLive(
    `keys ${cursor}`,
    (signal) => ask<Page<ApiKey>>('keys', { query: { cursor, limit: PAGE }, signal }),
    EVERY_MS,
  );
  const { value, error } = known.value;
  const isMaking = useSignal(false);
  const show = (key: ShownKey) => {
    shown.value = key;
    isMaking.value = false;
  };
  return (
    <>
      <header class="head">
        <h1>{t.keysView.title}</h1>
        {mayChangeKeys() && (
          <button
            type="button"
            class="button primary"
            aria-expanded={isMaking.value}
            onClick={() => {
              isMaking.value = !isMaking.value;
            }}
          >
            {t.keysView.make}
          </button>
        )}
        <p class="hint">{t.keysView.lead}</p>
      </header>
      {shown.value !== null && (
        <Shown
          key={shown.value.key}
          shown={shown.value}
          onHide={() => {
            shown.value = null;
          }}
        />
      )}
      {!mayChangeKeys() && <p class="notice">{t.keysView.limited}</p>}
      {isMaking.value && (
        <MakeKey
          onMade={show}
          onDone={refresh}
          onLeave={() => {
            isMaking.value = false;
          }}
        />
      )}
      <NotYet value={value} error={error} onRetry={refresh} />
      {value?.data.length === 0 && <Empty title={t.keysView.empty} text={t.keysView.emptyText} />}
      <ul class="rows">
        {value?.data.map((key) => (
          <li key={key.id} class="card saved-row">
            <KeyRow apiKey={key} onRotated={show} onDone={refresh} />
          </li>
        ))}
      </ul>
      <OlderOnes next={value?.next} />
    </>
  );
}
