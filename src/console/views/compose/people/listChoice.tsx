import { t } from '../../../texts';
import { number } from '../../../texts/format';
import { change, draft } from '../draft/draft';
import type { Saved } from '../saved';

/** Saved lists to write to, and those whose people are left out. */
export function ListChoice({ saved }: { saved: Saved }) {
  if (saved.lists.length === 0) return null;
  const { lists, exceptLists } = draft.value;
  const toggled = (names: readonly string[], name: string) =>
    names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
  return (
    <div class="list-choice">
      <fieldset>
        <legend>{t.compose.lists}</legend>
        {saved.lists.map(({ name, recipients }) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={lists.includes(name)}
              onChange={() => change({ lists: toggled(lists, name) })}
            />
            <span>
              {name} <span class="soft">{number(recipients)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{t.compose.exceptLists}</legend>
        {saved.lists.map(({ name }) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={exceptLists.includes(name)}
              onChange={() => change({ exceptLists: toggled(exceptLists, name) })}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}
