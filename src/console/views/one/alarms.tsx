import type { Broadcast } from '../../api/types';
import { may } from '../../api/self';
import { t } from '../../texts';
import { Icon } from '../../widgets/icon';

type Alarm = { readonly key: string; readonly tone: 'bad' | 'warn'; readonly words: string };

/**
 * What needs a person, or will by and by. Its line is there when all is well, too: it comes and goes while somebody reads, and
 * nothing below may move for it. What there is beyond the gravest is told on demand.
 */
export function Alarms({ broadcast }: { broadcast: Broadcast }) {
  const [gravest, ...others] = alarmsOf(broadcast);
  if (gravest === undefined)
    return (
      <p class="notice quiet">
        <Icon name="done" />
        {t.one.allWell}
      </p>
    );
  return (
    <div class={`notice ${gravest.tone}`}>
      <Icon name="alert" />
      {gravest.words}
      {others.length > 0 && (
        <details>
          <summary>{t.one.moreAlarms(others.length)}</summary>
          <ul>
            {others.map(({ key, words }) => (
              <li key={key}>{words}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function alarmsOf(broadcast: Broadcast): Alarm[] {
  const { held } = broadcast.batches;
  const need = may('send') || held === 0 ? t.one.needsYou(broadcast) : needOf(held);
  const own: Alarm[] = need === null ? [] : [{ key: 'need', tone: held > 0 ? 'bad' : 'warn', words: need }];
  const faults = broadcast.errors
    .filter(({ batch }) => batch === undefined)
    .map(({ code, message }): Alarm => ({ key: code, tone: 'warn', words: message }));
  return [...own, ...faults];
}

/** Of whom no decision can be asked. */
const needOf = (held: number): string => `${t.access.held(held)}. ${t.access.needsSender}`;
