import { self } from '../api/session';
import { t } from '../texts';

/** Whose key it is, and in words what it allows: what is not there is not there for a reason. */
export function Whoever() {
  const who = self.value;
  if (who?.name === undefined || who.name === null) return null;
  const limits = t.access.limitsOf(who);
  return (
    <div class="whoever">
      <p>
        {t.access.signedInAs} <strong>{who.name}</strong>
      </p>
      <p class="small">{t.access.mayDo(who.scopes)}</p>
      {limits !== '' && <p class="small">{limits}</p>}
    </div>
  );
}
