import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSelf } from '../api/self';
import { isReached } from '../api/watch';
import { t } from '../texts';
import { Account } from '../views/account';
import { Audit } from '../views/audit';
import { Broadcasts } from '../views/broadcasts/broadcasts';
import { Compose } from '../views/compose/compose';
import { Keys } from '../views/keys/keys';
import { Lists } from '../views/lists';
import { More } from '../views/more';
import { OneBroadcast } from '../views/one/oneBroadcast';
import { OptOuts } from '../views/optOuts';
import { People } from '../views/people';
import { Replies } from '../views/replies';
import { Templates } from '../views/templates';
import { Webhooks } from '../views/webhooks';
import { Announcements } from '../widgets/announce';
import { ConfirmDialog } from '../widgets/confirm';
import { Empty, Loading } from '../widgets/looks';
import { Closed } from './closed';
import { Navigation } from './navigation';
import { href, place } from './router';
import { isOpen, sectionOf } from './sections';

const VIEWS: ReadonlyMap<string, ComponentType> = new Map<string, ComponentType>([
  ['', Broadcasts],
  ['broadcasts', Broadcasts],
  ['compose', Compose],
  ['people', People],
  ['replies', Replies],
  ['opt-outs', OptOuts],
  ['lists', Lists],
  ['templates', Templates],
  ['webhooks', Webhooks],
  ['audit', Audit],
  ['keys', Keys],
  ['account', Account],
  ['more', More],
]);

/** What stands round every view. */
export function Shell() {
  const [section = '', id] = place.value.path;
  const main = useRef<HTMLElement>(null);
  const address = place.value.path.join('/');
  const isFirst = useRef(true);
  // Whoever listens to the page instead of seeing it is told that another view is there.
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [address]);
  const isSelfKnown = useSelf();
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t.app.skip}
      </a>
      {isSelfKnown && <Navigation />}
      <main id="main" tabIndex={-1} ref={main}>
        {!isReached.value && (
          <p class="notice warn floating" role="status">
            {t.app.offline}
          </p>
        )}
        {isSelfKnown ? <View section={section} id={id} /> : <Loading />}
      </main>
      <ConfirmDialog />
      <Announcements />
    </div>
  );
}

function View({ section, id }: { section: string; id: string | undefined }) {
  const entry = sectionOf(section);
  if (entry !== undefined && !isOpen(entry)) return <Closed entry={entry} />;
  if (section === 'broadcasts' && id !== undefined) return <OneBroadcast key={id} id={id} />;
  const Shown = VIEWS.get(section) ?? Unknown;
  return <Shown />;
}

function Unknown() {
  return <Empty title={t.app.unknownView} action={{ label: t.app.toBroadcasts, href: href(['broadcasts']) }} />;
}
