import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { attempts, type Attempt } from '../../../api/attempts';
import { draft, file } from '../draft/draft';
import { fingerprintOf } from '../draft/fingerprint';
import { isComplete } from '../draft/submission';

/** The earlier try to send just this draft of which nobody knows whether it was taken, after a reload as well. */
export function useAttempt(): Attempt | null {
  const fingerprint = useSignal<string | null>(null);
  const d = draft.value;
  const chosen = file.value;
  useEffect(() => {
    fingerprint.value = null;
    // A file is read for it: only where there is something that it may be.
    if (!isComplete(d, chosen) || Object.keys(attempts.value).length === 0) return;
    let isGone = false;
    void fingerprintOf(d, chosen).then((found) => {
      if (!isGone) fingerprint.value = found;
    });
    return () => {
      isGone = true;
    };
  }, [d, chosen, attempts.value]);
  const attempt = fingerprint.value === null ? undefined : attempts.value[fingerprint.value];
  return attempt?.isOpen === true ? attempt : null;
}
