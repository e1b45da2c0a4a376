import { t } from '../../texts';
import { Card } from '../../widgets/looks';
import { change, draft, type Draft } from './draft/draft';

type TextField = 'name' | 'sender' | 'quietHours' | 'topic' | 'defaultCountry' | 'canary';

/** All that may be left as it is. */
export function Options() {
  const d = draft.value;
  const text = (name: TextField, label: string, hint: string, max = 100) => (
    <label class="field">
      <span>{label}</span>
      <input
        inputMode={name === 'canary' ? 'numeric' : 'text'}
        maxLength={max}
        value={d[name]}
        onInput={(event) => change({ [name]: event.currentTarget.value })}
      />
      <span class="small">{hint}</span>
    </label>
  );
  return (
    <Card title={t.compose.options}>
      <div class="fields">
        {text('name', t.compose.name, t.compose.nameHint)}
        {text('sender', t.compose.sender, t.compose.senderDefault)}
      </div>
      <When />
      <details>
        <summary>{t.compose.further}</summary>
        <div class="fields">
          {text('quietHours', t.compose.quiet, t.compose.quietHint)}
          {text('topic', t.compose.topic, t.compose.topicHint)}
          {text('defaultCountry', t.compose.country, t.compose.countryHint, 2)}
          {text('canary', t.compose.canary, t.compose.canaryHint, 7)}
        </div>
      </details>
    </Card>
  );
}

function When() {
  const d = draft.value;
  const choices: readonly (readonly [Draft['when'], string])[] = [
    ['now', t.compose.now],
    ['later', t.compose.later],
    ['local', t.compose.local],
  ];
  return (
    <fieldset class="when">
      <legend>{t.compose.when}</legend>
      <div class="row">
        {choices.map(([value, label]) => (
          <label key={value} class="check">
            <input
              type="radio"
              name="when"
              value={value}
              checked={d.when === value}
              onChange={() => change({ when: value })}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {d.when !== 'now' && (
        <label class="field at">
          <span>{t.compose.at}</span>
          <input type="datetime-local" value={d.at} onInput={(event) => change({ at: event.currentTarget.value })} />
        </label>
      )}
    </fieldset>
  );
}
