import { mayChangeKeys, may } from '../../api/self';
import { self } from '../../api/session';
import type { ApiKey, ShownKey } from '../../api/types';
import { t } from '../../texts';
import { ago, moment, near } from '../../texts/format';
import { revoke, rotate } from './change';

type Props = {
  readonly apiKey: ApiKey;
  readonly onRotated: (key: ShownKey) => void;
  readonly onDone: () => void;
};

/** One key: what it may do, who made it, whether it is in use. */
export function KeyRow({ apiKey, onRotated, onDone }: Props) {
  const { id, name, scopes, prefix, ownOnly, dailyRecipients, createdAt, createdBy, lastUsedAt } = apiKey;
  return (
    <>
      <div class="told">
        <div class="row">
          <h2>{name}</h2>
          {self.value?.id === id && <span class="badge good">{t.keysView.yours}</span>}
        </div>
        <p class="row">
          {scopes.map((scope) => (
            <span key={scope} class="badge calm" title={t.access.scopeHint[scope]}>
              {t.access.scope[scope]}
            </span>
          ))}
          {ownOnly && <span class="badge going">{t.keysView.ownOnly}</span>}
          {dailyRecipients !== null && <span class="badge going">{t.keysView.daily(dailyRecipients)}</span>}
        </p>
        <p class="row small">
          <span>
            {t.keysView.beginsWith} <code>{prefix}</code>
          </span>
          <span title={lastUsedAt === null ? '' : moment(lastUsedAt)}>
            {lastUsedAt === null ? t.keysView.neverUsed : t.keysView.used(ago(lastUsedAt))}
          </span>
          <time dateTime={createdAt} title={moment(createdAt)}>
            {t.keysView.made(ago(createdAt), createdBy)}
          </time>
        </p>
        <Overlap apiKey={apiKey} />
        {mayChangeKeys() && !isRotatable(apiKey) && (
          <p class="small" id={hintId(apiKey)}>
            {t.keysView.mayMore}
          </p>
        )}
      </div>
      {mayChangeKeys() && <Changes apiKey={apiKey} onRotated={onRotated} onDone={onDone} />}
    </>
  );
}

/** Nobody takes over a key that may do more than theirs. */
const isRotatable = ({ scopes }: ApiKey): boolean => scopes.every(may);

const hintId = ({ id }: ApiKey): string => `more-${id}`;

function Overlap({ apiKey: { previousUntil } }: { apiKey: ApiKey }) {
  if (previousUntil === null || new Date(previousUntil).getTime() <= Date.now()) return null;
  return (
    <p class="badge warn" title={moment(previousUntil)}>
      {t.keysView.overlap(near(previousUntil))}
    </p>
  );
}

function Changes({ apiKey, onRotated, onDone }: Props) {
  const mayRotate = isRotatable(apiKey);
  return (
    <div class="controls">
      <button
        type="button"
        class="button small"
        disabled={!mayRotate}
        aria-describedby={mayRotate ? undefined : hintId(apiKey)}
        onClick={() => void rotate(apiKey, onRotated).then(onDone)}
      >
        {t.keysView.rotate}
      </button>
      <button type="button" class="button small" onClick={() => void revoke(apiKey).then(onDone)}>
        {t.keysView.revoke}
      </button>
    </div>
  );
}
