import { may } from '../api/self';
import { self } from '../api/session';
import { t } from '../texts';
import { Empty } from '../widgets/looks';
import { href } from './router';
import { COMPOSE, FURTHER, isOpen, MAIN, type Section } from './sections';

/** In the place of a view that the key does not allow: why it is not there, and the way to what is. */
export function Closed({ entry }: { entry: Section }) {
  const text = may(entry.needs) ? t.access.ownOnly : t.access.lacks(entry.needs, self.value?.scopes ?? []);
  const other = [COMPOSE, ...MAIN, ...FURTHER].find(isOpen);
  return (
    <>
      <header class="head">
        <h1>{entry.label}</h1>
      </header>
      <Empty
        title={t.access.closed}
        text={text}
        {...(other === undefined ? {} : { action: { label: other.label, href: href([other.section]) } })}
      />
    </>
  );
}
