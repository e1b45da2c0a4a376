import { useSignal } from '@preact/signals';
import * as act from '../../api/act';
import { may } from '../../api/self';
import type { Broadcast, BroadcastStatus } from '../../api/types';
import { href } from '../../app/router';
import { t } from '../../texts';
import { announce } from '../../widgets/announce';
import { confirm, type Question } from '../../widgets/confirm';
import { Icon, type IconName } from '../../widgets/icon';
import { wordsOf } from '../../widgets/looks';
import { shortTitleOf } from '../naming';

const CAN_PAUSE: readonly BroadcastStatus[] = ['scheduled', 'queued', 'processing'];
const CAN_CANCEL: readonly BroadcastStatus[] = ['awaiting_approval', 'scheduled', 'queued', 'processing', 'paused'];

type Props = {
  readonly broadcast: Broadcast;
  readonly onDone: () => void;
  /** Where they stand from left to right, what is always there stands first, so that it stays where it is. */
  readonly isCopyFirst?: boolean;
};

/** Pause, resume, cancel and use again; each says before what will and what cannot be undone. Nothing for whom may only look. */
export function Controls({ broadcast, onDone, isCopyFirst = false }: Props) {
  const isBusy = useSignal(false);
  const { id, status } = broadcast;
  const perform = async (question: Question, what: (id: string) => Promise<unknown>, done: string) => {
    if ((await confirm(question)) === null) return;
    isBusy.value = true;
    try {
      await what(id);
      announce(done);
    } catch (error) {
      announce(wordsOf(error), true);
    } finally {
      isBusy.value = false;
      onDone();
    }
  };
  const button = (icon: IconName, label: string, onClick: () => void) => (
    <button type="button" class="button small" disabled={isBusy.value} onClick={onClick}>
      <Icon name={icon} />
      {label}
    </button>
  );
  if (!may('send')) return null;
  const copy = (
    <a class="button small" href={href(['compose'], { from: id })}>
      <Icon name="copy" />
      {t.actions.copy}
    </a>
  );
  return (
    <div class="controls">
      {isCopyFirst && copy}
      {CAN_PAUSE.includes(status) &&
        button('pause', t.actions.pause, () => void perform(pauseOf(broadcast), act.pause, t.actions.paused))}
      {status === 'paused' &&
        button('resume', t.actions.resume, () => void perform(resumeOf(broadcast), act.resume, t.actions.resumed))}
      {CAN_CANCEL.includes(status) &&
        button('cancel', t.actions.cancel, () => void perform(cancelOf(broadcast), act.cancel, t.actions.cancelled))}
      {!isCopyFirst && copy}
    </div>
  );
}

const pauseOf = (broadcast: Broadcast): Question => ({
  title: t.actions.pauseTitle(shortTitleOf(broadcast)),
  points: t.actions.pausePoints,
  action: t.actions.pauseDo,
});

const resumeOf = (broadcast: Broadcast): Question => ({
  title: t.actions.resumeTitle(shortTitleOf(broadcast)),
  points: broadcast.canary?.state === 'stopped' ? t.actions.resumeCanary : t.actions.resumePoints,
  action: t.actions.resumeDo,
});

const cancelOf = (broadcast: Broadcast): Question => ({
  title: t.actions.cancelTitle(shortTitleOf(broadcast)),
  points: t.actions.cancelPoints(broadcast.delivery.queued),
  action: t.actions.cancelDo,
  keep: t.actions.keep,
  isDangerous: true,
});
