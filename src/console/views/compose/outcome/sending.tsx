import { useSignal } from '@preact/signals';
import { once, type Attempt } from '../../../api/attempts';
import { AnswerLost, Refused } from '../../../api/faults';
import { ask } from '../../../api/request';
import { may } from '../../../api/self';
import type { Broadcast, Preview } from '../../../api/types';
import { go, place } from '../../../app/router';
import { t } from '../../../texts';
import { announce } from '../../../widgets/announce';
import { Trouble } from '../../../widgets/looks';
import { draft, file, startOver, type Draft } from '../draft/draft';
import { fingerprintOf } from '../draft/fingerprint';
import { bodyOf } from '../draft/submission';
import { useAttempt } from './useAttempt';
import type { Looked } from './usePreview';

/** The one button. It sends what was looked at and nothing else (the digest), and the same once only (the key). */
export function Sending({ looked, onOutdated }: { looked: Looked; onOutdated: () => void }) {
  const isBusy = useSignal(false);
  const fault = useSignal<unknown>(null);
  const lost = useAttempt();
  const d = draft.value;
  const digest = digestToSend(d, looked, lost);

  const send = async (digest: string) => {
    isBusy.value = true;
    fault.value = null;
    try {
      const sent = await submit(d, file.value, digest);
      announce(t.compose.sent(sent.recipients.accepted));
      // Whoever has gone on to something else meanwhile keeps it.
      if (draft.value === d) startOver();
      if (place.value.path[0] === 'compose' && may('read')) go(['broadcasts', sent.id]);
    } catch (error) {
      fault.value = error;
      if (isOutdated(error)) onOutdated();
    } finally {
      isBusy.value = false;
    }
  };

  return (
    <>
      {lost !== null && !isBusy.value && (
        <div class="notice warn" role="alert">
          <strong>{t.app.notKnown}</strong>
          <p>{t.compose.lost}</p>
        </div>
      )}
      {isOutdated(fault.value) && (
        <p class="notice warn" role="alert">
          {t.compose.outdated}
        </p>
      )}
      {fault.value !== null && !isOutdated(fault.value) && !(fault.value instanceof AnswerLost) && (
        <Trouble error={fault.value} />
      )}
      <button
        type="button"
        class="button primary large"
        disabled={digest === null || isBusy.value}
        onClick={() => void (digest !== null && send(digest))}
      >
        {isBusy.value ? t.compose.sending : labelOf(d, looked.preview, lost)}
      </button>
    </>
  );
}

const isOutdated = (error: unknown): boolean => error instanceof Refused && error.status === 412;

const submit = async (d: Draft, chosen: File | null, digest: string): Promise<Broadcast> =>
  once(await fingerprintOf(d, chosen), digest, (key) => {
    const headers = { 'idempotency-key': key, 'if-match': `"${digest}"`, prefer: 'respond-async' };
    return ask<Broadcast>('broadcast', { method: 'POST', body: bodyOf(d, chosen), headers });
  });

/**
 * What was looked at, where it may go. After a lost answer the figures may say that nobody is left, just because all
 * have it: then what was looked at before the first try goes, which is answered as that one was.
 */
function digestToSend(d: Draft, { preview, isBusy }: Looked, lost: Attempt | null): string | null {
  if (preview !== null && !isBusy && isFit(d, preview)) return preview.digest;
  return isBusy ? null : (lost?.digest ?? null);
}

const isFit = (d: Draft, { recipients, refusals }: Preview): boolean =>
  recipients.accepted > 0 && (d.ignoreBalance || refusals.length === 0) && (d.skip || recipients.invalid === 0);

function labelOf(d: Draft, preview: Preview | null, lost: Attempt | null): string {
  if (lost !== null) return t.compose.sendOnce;
  if (preview === null) return t.compose.sendNone;
  const count = preview.recipients.accepted;
  return d.when === 'now' ? t.compose.send(count) : t.compose.schedule(count);
}
