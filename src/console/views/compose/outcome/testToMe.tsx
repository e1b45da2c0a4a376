import { useSignal } from '@preact/signals';
import { once } from '../../../api/attempts';
import { ask } from '../../../api/request';
import { whenSignedOut } from '../../../api/session';
import { t } from '../../../texts';
import { announce } from '../../../widgets/announce';
import { Trouble } from '../../../widgets/looks';
import { draft, file } from '../draft/draft';
import { fingerprintOf } from '../draft/fingerprint';
import { bodyOf } from '../draft/submission';
import type { Looked } from './usePreview';

const PLACE = 'broadcaster.myNumber';

whenSignedOut(() => sessionStorage.removeItem(PLACE));

/** The very text to one's own phone, before anybody else gets it. */
export function TestToMe({ looked }: { looked: Looked }) {
  const to = useSignal(sessionStorage.getItem(PLACE) ?? '');
  const isBusy = useSignal(false);
  const fault = useSignal<unknown>(null);
  const send = async () => {
    isBusy.value = true;
    fault.value = null;
    const number = to.value.trim();
    sessionStorage.setItem(PLACE, number);
    try {
      await submit(number);
      announce(t.compose.testSent(number));
    } catch (error) {
      fault.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label for="test-to">{t.compose.testTo}</label>
        <span class="with-button">
          <input
            id="test-to"
            type="tel"
            autoComplete="tel"
            value={to.value}
            onInput={(event) => {
              to.value = event.currentTarget.value;
            }}
          />
          <button
            type="submit"
            class="button"
            disabled={looked.preview === null || to.value.trim() === '' || isBusy.value}
          >
            {t.compose.testDo}
          </button>
        </span>
      </form>
      {fault.value !== null && <Trouble error={fault.value} />}
    </>
  );
}

async function submit(number: string): Promise<void> {
  // It goes now, whenever the broadcast goes.
  const now = { ...draft.value, when: 'now' as const, canary: '' };
  const body = bodyOf(now, file.value, { to: number });
  await once(await fingerprintOf(now, file.value, number), '', (key) => {
    const headers = { 'idempotency-key': key, prefer: 'respond-async' };
    return ask('broadcast/test', { method: 'POST', body, headers });
  });
}
