import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import * as act from '../../../api/act';
import { useLive } from '../../../api/live';
import { may } from '../../../api/self';
import type { Batch, Broadcast } from '../../../api/types';
import { t } from '../../../texts';
import { ago, number } from '../../../texts/format';
import { announce } from '../../../widgets/announce';
import { Badge } from '../../../widgets/badge';
import { confirm, type Question } from '../../../widgets/confirm';
import { Card, wordsOf } from '../../../widgets/looks';
import { shortTitleOf } from '../../naming';
import { paceOf } from '../pace';
import { Decide } from './decide';
import { isRestless, loadBatches } from './loadBatches';

/** Of batches with which all is well, as many as are worth looking at; then so many more at a time. */
const CALM_SHOWN = 10;
const FURTHER = 1000;

/** The calls to Plivo, those first that need a person; a person settles them here. */
export function Batches({ broadcast, onDone }: { broadcast: Broadcast; onDone: () => void }) {
  const { id, batches } = broadcast;
  const shown = useSignal(CALM_SHOWN);
  const { known, refresh } = useLive(
    `batches ${id} ${shown.value}`,
    (signal) => loadBatches(broadcast, shown.value, signal),
    paceOf(broadcast),
    { news: broadcast },
  );
  const last = useRef<readonly Batch[]>([]);
  // More of the same takes nothing away while it comes.
  last.current = known.value.value ?? last.current;
  const all = last.current;
  const rows = [...all.filter(isRestless), ...all.filter((batch) => !isRestless(batch)).slice(0, shown.value)];
  const words = may('send') ? t.batchStatus : { ...t.batchStatus, held: t.access.heldBatch };
  const left = batches.total - rows.length;
  const perform = async (question: Question, what: () => Promise<unknown>) => {
    if ((await confirm(question)) === null) return;
    try {
      await what();
      announce(t.one.resolved);
    } catch (error) {
      announce(wordsOf(error), true);
    }
    refresh();
    onDone();
  };
  return (
    <Card
      title={t.one.batches}
      hint={batches.held === 0 ? t.one.batchesHint : may('send') ? t.one.heldHint : t.access.needsSender}
      end={
        may('send') &&
        batches.failed > 1 && (
          <button
            type="button"
            class="button small"
            onClick={() =>
              void perform(
                {
                  title: t.one.resendAllTitle(shortTitleOf(broadcast)),
                  points: t.one.resendPoints,
                  action: t.one.resendAll,
                },
                () => act.resendFailed(id),
              )
            }
          >
            {t.one.resendAll}
          </button>
        )
      }
    >
      <div class="scroll" tabIndex={0} role="region" aria-label={t.one.batches}>
        <table class={all.some(isRestless) ? '' : 'steady batch-table'}>
          <thead>
            <tr>
              <th scope="col" class="num">
                {t.one.batch}
              </th>
              <th scope="col">{t.one.state}</th>
              <th scope="col" class="num">
                {t.one.size}
              </th>
              <th scope="col" class="num wide">
                {t.one.attempts}
              </th>
              <th scope="col" class="wide">
                {t.one.lastError}
              </th>
              {may('send') && (
                <th scope="col">
                  <span class="unseen">{t.one.decide}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((batch) => (
              <tr key={batch.number}>
                <td class="num">{number(batch.number)}</td>
                <td>
                  <Badge status={batch.status} words={words} />
                </td>
                <td class="num">{number(batch.size)}</td>
                <td class="num wide">{number(batch.attempts)}</td>
                <td class="wide soft">{answerOf(batch)}</td>
                {may('send') && (
                  <td class="row-actions">
                    <Decide broadcast={broadcast} batch={batch} perform={perform} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && (
        <div class="pager">
          <span class="small">{t.one.moreBatches(left)}</span>
          <button
            type="button"
            class="button small"
            onClick={() => {
              shown.value += FURTHER;
            }}
          >
            {t.one.showMore}
          </button>
        </div>
      )}
    </Card>
  );
}

/** What a program is told to do about a held batch is not what a person does here. */
const answerOf = ({ status, lastError, updatedAt }: Batch): string =>
  status === 'held' ? t.one.heldError : (lastError?.message ?? ago(updatedAt));
