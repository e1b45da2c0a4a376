import type { Preview } from '../../../api/types';
import { t } from '../../../texts';
import { country, duration, money, number } from '../../../texts/format';
import { change, draft } from '../draft/draft';

/** Who gets it, what it costs, how long it takes, and who does not get it. */
export function Figures({ preview }: { preview: Preview }) {
  const { recipients: r, cost, balance, expectedSeconds, segments, quietHours, leftOut } = preview;
  const omitted = leftOut === null ? 0 : leftOut.cap + leftOut.topic + leftOut.duplicateText;
  const notes = [
    r.duplicates > 0 && t.compose.duplicates(r.duplicates),
    r.optedOut > 0 && t.compose.optedOut(r.optedOut),
    (r.excepted ?? 0) > 0 && t.compose.excepted(r.excepted ?? 0),
    omitted > 0 && t.compose.leftOut(omitted),
    quietHours !== null &&
      quietHours.heldRecipients > 0 &&
      t.compose.held(quietHours.heldRecipients, quietHours.lastOpening),
  ].filter((note) => note !== false);
  return (
    <>
      <p class="will-get">
        <strong>{number(r.accepted)}</strong> {t.compose.get(r.accepted)}
      </p>
      <dl class="figures">
        <div>
          <dt>{t.compose.cost}</dt>
          <dd>{cost === null ? '–' : money(cost.amount, cost.currency)}</dd>
          {cost === null && <dd class="small">{t.compose.noPrices}</dd>}
          {balance.amount !== null && (
            <dd class="small">{t.compose.balance(money(balance.amount, balance.currency))}</dd>
          )}
        </div>
        <div>
          <dt>{t.compose.takes}</dt>
          <dd>{duration(expectedSeconds)}</dd>
          <dd class="small">{t.compose.partsInAll(segments.total)}</dd>
        </div>
      </dl>
      {preview.countries.length > 1 && (
        <p class="small">
          {preview.countries.map((one) => `${country(one.country)} ${number(one.recipients)}`).join(' · ')}
        </p>
      )}
      {notes.length > 0 && (
        <ul class="notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {r.invalid > 0 && <BadNumbers preview={preview} />}
      {preview.refusals.map((refusal) => (
        <p key={refusal} class="notice bad">
          {refusal}
        </p>
      ))}
      {balance.isEnough === false && (
        <label class="check">
          <input
            type="checkbox"
            checked={draft.value.ignoreBalance}
            onChange={(event) => change({ ignoreBalance: event.currentTarget.checked })}
          />
          <span>{t.compose.sendAnyway}</span>
        </label>
      )}
    </>
  );
}

const BAD_SHOWN = 5;

function BadNumbers({ preview: { invalidRecipients, recipients } }: { preview: Preview }) {
  return (
    <div class="notice warn">
      <strong>{t.compose.invalid(recipients.invalid)}</strong>
      <ul>
        {invalidRecipients.slice(0, BAD_SHOWN).map(({ index, line, value, reason }) => (
          <li key={index}>
            {line === undefined ? t.compose.entry(index + 1) : t.compose.line(line)}: <q>{value}</q> {reason}
          </li>
        ))}
        {recipients.invalid > BAD_SHOWN && <li>{t.compose.more(recipients.invalid - BAD_SHOWN)}</li>}
      </ul>
      <label class="check">
        <input
          type="checkbox"
          checked={draft.value.skip}
          onChange={(event) => change({ skip: event.currentTarget.checked })}
        />
        <span>{t.compose.skip}</span>
      </label>
    </div>
  );
}
