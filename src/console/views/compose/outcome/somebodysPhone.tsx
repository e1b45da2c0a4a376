import { useSignal } from '@preact/signals';
import type { Preview } from '../../../api/types';
import { t } from '../../../texts';
import { Phone } from '../../../widgets/phone';
import { draft } from '../draft/draft';
import type { Saved } from '../saved';

/** The text as some real person of the list gets it. */
export function SomebodysPhone({ preview, saved }: { preview: Preview | null; saved: Saved }) {
  const who = useSignal<'shortest' | 'longest' | 'dearest'>('longest');
  const d = draft.value;
  const own = preview?.texts?.[who.value];
  const template = saved.templates.find(({ name }) => name === d.template);
  return (
    <>
      {preview?.texts !== undefined && (
        <label class="field inline">
          <span>{t.compose.forWhom}</span>
          <select
            value={who.value}
            onChange={(event) => {
              who.value = event.currentTarget.value as 'shortest' | 'longest' | 'dearest';
            }}
          >
            {(['longest', 'shortest', 'dearest'] as const).map((one) => (
              <option key={one} value={one}>
                {t.compose[one]}
              </option>
            ))}
          </select>
        </label>
      )}
      <Phone text={own?.text ?? template?.message ?? d.message} sender={d.sender === '' ? null : d.sender} />
      {own !== undefined && <p class="small">{t.compose.thisIs(own.recipient, own.segments)}</p>}
    </>
  );
}
