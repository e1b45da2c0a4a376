import { may } from '../../api/self';
import type { Scope } from '../../api/types';
import { t } from '../../texts';

const SCOPES: readonly Scope[] = ['send', 'read', 'manage', 'approve'];

type Props = { readonly chosen: readonly Scope[]; readonly onChoose: (scopes: readonly Scope[]) => void };

/** What a key may do. Nobody can hand out what they have not. */
export function ScopeChoice({ chosen, onChoose }: Props) {
  return (
    <fieldset>
      <legend>{t.keysView.scopes}</legend>
      <div class="choices">
        {SCOPES.map((scope) => (
          <label key={scope} class="check">
            <input
              type="checkbox"
              disabled={!may(scope)}
              checked={chosen.includes(scope)}
              onChange={(event) => {
                const others = chosen.filter((one) => one !== scope);
                onChoose(event.currentTarget.checked ? [...others, scope] : others);
              }}
            />
            <span>
              {t.access.scope[scope]}
              <span class="small">{t.access.scopeHint[scope]}</span>
              {!may(scope) && <span class="small">{t.keysView.notYours}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
