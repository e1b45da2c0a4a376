import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { AnswerLost } from '../../api/faults';
import { ask } from '../../api/request';
import type { Scope, ShownKey } from '../../api/types';
import { t } from '../../texts';
import { Card, Trouble } from '../../widgets/looks';
import { ScopeChoice } from './scopeChoice';

type Wish = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly ownOnly: boolean;
  readonly dailyRecipients: string;
};

const NOTHING: Wish = { name: '', scopes: [], ownOnly: false, dailyRecipients: '' };

type Props = {
  readonly onMade: (key: ShownKey) => void;
  readonly onDone: () => void;
  readonly onLeave: () => void;
};

/** A form for a new key. It begins with nothing allowed, so that whatever is was meant. */
export function MakeKey({ onMade, onDone, onLeave }: Props) {
  const wish = useSignal(NOTHING);
  const fault = useSignal<unknown>(null);
  const isBusy = useSignal(false);
  const first = useRef<HTMLInputElement>(null);
  // As it appears: a moment later would take the cursor from whoever is in another field already.
  useLayoutEffect(() => first.current?.focus(), []);
  const change = (part: Partial<Wish>) => {
    wish.value = { ...wish.value, ...part };
  };
  const make = async () => {
    fault.value = null;
    if (wish.value.scopes.length === 0) {
      fault.value = new Error(t.keysView.noScope);
      return;
    }
    isBusy.value = true;
    try {
      onMade(await ask<ShownKey>('keys', { method: 'POST', body: bodyOf(wish.value) }));
    } catch (error) {
      // Trying again would be refused, as the name may be taken by what nobody has the key to.
      fault.value = error instanceof AnswerLost ? new Error(t.keysView.lostMade) : error;
    } finally {
      isBusy.value = false;
      onDone();
    }
  };
  return (
    <Card title={t.keysView.makeTitle}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label class="field">
          <span>{t.keysView.name}</span>
          <input
            ref={first}
            required
            maxLength={100}
            autoComplete="off"
            value={wish.value.name}
            onInput={(event) => change({ name: event.currentTarget.value })}
          />
          <span class="small">{t.keysView.nameHint}</span>
        </label>
        <ScopeChoice chosen={wish.value.scopes} onChoose={(scopes) => change({ scopes })} />
        <Limits wish={wish.value} onChange={change} />
        {fault.value !== null && <Trouble error={fault.value} />}
        <div class="row">
          <button type="submit" class="button primary" disabled={isBusy.value}>
            {t.keysView.makeDo}
          </button>
          <button type="button" class="button" onClick={onLeave}>
            {t.app.cancel}
          </button>
        </div>
      </form>
    </Card>
  );
}

function bodyOf({ name, scopes, ownOnly, dailyRecipients }: Wish): object {
  const daily = dailyRecipients.trim();
  return { name: name.trim(), scopes, ownOnly, dailyRecipients: daily === '' ? null : Number(daily) };
}

function Limits({ wish, onChange }: { wish: Wish; onChange: (part: Partial<Wish>) => void }) {
  return (
    <fieldset>
      <legend>{t.keysView.limits}</legend>
      <div class="choices">
        <label class="check">
          <input
            type="checkbox"
            checked={wish.ownOnly}
            onChange={(event) => onChange({ ownOnly: event.currentTarget.checked })}
          />
          <span>
            {t.keysView.ownOnly}
            <span class="small">{t.keysView.ownOnlyHint}</span>
          </span>
        </label>
        <label class="field">
          <span>{t.keysView.dailyLabel}</span>
          <input
            type="number"
            min={1}
            max={1_000_000_000}
            step={1}
            inputMode="numeric"
            value={wish.dailyRecipients}
            onInput={(event) => onChange({ dailyRecipients: event.currentTarget.value })}
          />
          <span class="small">{t.keysView.dailyHint}</span>
        </label>
      </div>
    </fieldset>
  );
}
