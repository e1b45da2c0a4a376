import { useEffect, useId, useRef } from 'preact/hooks';
import type { ShownKey } from '../../api/types';
import { t } from '../../texts';
import { near } from '../../texts/format';
import { announce } from '../../widgets/announce';
import { Icon } from '../../widgets/icon';

/** The key itself, this once. */
export function Shown({ shown, onHide }: { shown: ShownKey; onHide: () => void }) {
  const whole = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const title = useId();
  const hint = useId();
  useEffect(() => {
    whole.current?.focus({ preventScroll: true });
    whole.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(shown.key);
      announce(t.keysView.copied);
    } catch {
      // On plain http pages there is no clipboard to write to.
      announce(t.keysView.notCopied);
    }
  };
  return (
    <section ref={whole} class="card shown-key" tabIndex={-1} aria-labelledby={title}>
      <h2 id={title}>{t.keysView.shownTitle(shown.name)}</h2>
      <p class="notice warn" id={hint}>
        <Icon name="alert" />
        <strong>{t.keysView.shownOnce}</strong> <Before shown={shown} />
      </p>
      <div class="with-button">
        <input
          ref={field}
          readOnly
          class="secret"
          aria-label={t.keysView.theKey}
          aria-describedby={hint}
          autoComplete="off"
          spellcheck={false}
          value={shown.key}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="button primary" onClick={() => void copy()}>
          <Icon name="copy" />
          {t.keysView.copy}
        </button>
        <button type="button" class="button" onClick={onHide}>
          {t.keysView.hide}
        </button>
      </div>
    </section>
  );
}

/** What becomes of the secret that this one follows. */
function Before({ shown: { previousUntil } }: { shown: ShownKey }) {
  if (previousUntil === null) return null;
  const isOver = new Date(previousUntil).getTime() <= Date.now();
  return <>{isOver ? t.keysView.beforeEnded : t.keysView.before(near(previousUntil))}</>;
}
