import { useLive } from '../../api/live';
import { ask } from '../../api/request';
import type { Broadcast, BroadcastStatus } from '../../api/types';
import { href, place, refine } from '../../app/router';
import { t } from '../../texts';
import { Alarms } from './alarms';
import { Badge } from '../../widgets/badge';
import { BarWithParts } from '../../widgets/bar';
import { Icon } from '../../widgets/icon';
import { Card, NotYet } from '../../widgets/looks';
import { Phone } from '../../widgets/phone';
import { Controls } from '../broadcasts/controls';
import { titleOf } from '../naming';
import { Batches } from './batches/batches';
import { OverTime } from './course/overTime';
import { Decision } from './decision';
import { Facts } from './facts';
import { feedOf } from './feed';
import { Money } from './money';
import { paceOf, useMoving } from './pace';
import { PeopleTable } from './peopleTable';
import { Reasons } from './reasons';

const NOT_BEGUN: readonly BroadcastStatus[] = ['awaiting_approval', 'scheduled'];

/** One broadcast: what is true of it now, and everybody it was for. */
export function OneBroadcast({ id }: { id: string }) {
  const { known, refresh } = useLive(
    `broadcast ${id}`,
    (signal) => ask<Broadcast>(`broadcast/${id}`, { signal }),
    paceOf,
    { feed: feedOf(id) },
  );
  const { value, error } = known.value;
  const status = place.value.query.get('people');
  return (
    <>
      <a class="back" href={href(['broadcasts'])}>
        <Icon name="back" />
        {t.one.back}
      </a>
      <NotYet value={value} error={error} onRetry={refresh} />
      {value !== null && (
        <>
          <Top broadcast={value} onDone={refresh} />
          <div class="columns">
            <div class="column">
              <Card title={t.one.deliveries}>
                <BarWithParts
                  delivery={value.delivery}
                  chosen={status}
                  onChoose={(people) => refine({ people, cursor: null, number: null })}
                />
              </Card>
              {!NOT_BEGUN.includes(value.status) && <OverTime broadcast={value} />}
              <Reasons broadcast={value} onDone={refresh} />
              <Batches broadcast={value} onDone={refresh} />
              <PeopleTable broadcast={value} />
            </div>
            <div class="column side">
              <Card title={t.one.asSent}>
                {value.text === null ? (
                  <p class="hint">{t.one.masked}</p>
                ) : (
                  <Phone text={value.text} sender={value.sender} />
                )}
              </Card>
              <Money broadcast={value} />
              <Facts broadcast={value} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

function Top({ broadcast, onDone }: { broadcast: Broadcast; onDone: () => void }) {
  const isMoving = useMoving(broadcast);
  return (
    <header class="one-head">
      <div class="one-title">
        <h1>{titleOf(broadcast)}</h1>
        <Badge status={broadcast.status} words={t.status} />
        {broadcast.test && <span class="badge calm">{t.list.testMark}</span>}
      </div>
      <p class={isMoving ? 'sentence moving' : 'sentence'}>{t.one.sentence(broadcast)}</p>
      <Alarms broadcast={broadcast} />
      <Decision broadcast={broadcast} onDone={onDone} />
      <Controls broadcast={broadcast} onDone={onDone} isCopyFirst />
    </header>
  );
}
