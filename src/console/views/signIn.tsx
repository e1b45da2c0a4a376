import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Refused } from '../api/faults';
import { askWhoIs } from '../api/self';
import { signIn } from '../api/session';
import { t } from '../texts';
import { Icon } from '../widgets/icon';

/** Asks for the key once, and tries it before anything is shown. */
export function SignIn() {
  const entered = useSignal('');
  const fault = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const isShown = useSignal(false);
  const input = useRef<HTMLInputElement>(null);

  const submit = async () => {
    const key = entered.value.trim();
    if (key === '') {
      fault.value = t.signIn.empty;
      return;
    }
    isBusy.value = true;
    fault.value = null;
    try {
      signIn(key, await askWhoIs(key));
    } catch (error) {
      fault.value = faultOf(error);
    } finally {
      isBusy.value = false;
    }
  };

  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="sign-in-brand">
          <Icon name="logo" />
          <span>{t.app.name}</span>
        </div>
        <h1>{t.signIn.title}</h1>
        <p class="hint">{t.signIn.lead}</p>
        {/* Password managers ask for a name to keep the key under. */}
        <input class="unseen" tabIndex={-1} aria-hidden="true" autoComplete="username" value="api-key" readOnly />
        <label class="field">
          <span>{t.signIn.label}</span>
          <span class="with-button">
            <input
              ref={input}
              type="password"
              autoComplete="current-password"
              spellcheck={false}
              autoCapitalize="off"
              value={entered.value}
              aria-invalid={fault.value !== null}
              aria-describedby="key-hint"
              onInput={(event) => {
                entered.value = event.currentTarget.value;
              }}
            />
            <button
              type="button"
              class="button"
              aria-pressed={isShown.value}
              onClick={() => {
                isShown.value = !isShown.value;
                if (input.current !== null) input.current.type = isShown.value ? 'text' : 'password';
              }}
            >
              {isShown.value ? t.signIn.hide : t.signIn.show}
            </button>
          </span>
          <span class="small" id="key-hint">
            {t.signIn.hint}
          </span>
        </label>
        <div role="alert">{fault.value !== null && <p class="notice bad">{fault.value}</p>}</div>
        <button type="submit" class="button primary large" disabled={isBusy.value}>
          {isBusy.value ? t.signIn.busy : t.signIn.button}
        </button>
      </form>
    </main>
  );
}

function faultOf(error: unknown): string {
  if (!(error instanceof Refused)) return t.signIn.unreachable;
  if (error.status === 401 || error.status === 403) return t.signIn.wrong;
  return error.status === 429 ? t.signIn.limited : error.message;
}
