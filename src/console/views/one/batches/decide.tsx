import * as act from '../../../api/act';
import type { Batch, Broadcast } from '../../../api/types';
import { t } from '../../../texts';
import type { Question } from '../../../widgets/confirm';
import { shortTitleOf } from '../../naming';

type Props = {
  readonly broadcast: Broadcast;
  readonly batch: Batch;
  readonly perform: (question: Question, what: () => Promise<unknown>) => Promise<void>;
};

/** What a person can say of a batch that did not simply go. */
export function Decide({ broadcast, batch: { number: n, size, status }, perform }: Props) {
  const of = shortTitleOf(broadcast);
  const resolve = (as: 'sent' | 'resend') => () => act.resolve(broadcast.id, n, as);
  const button = (label: string, question: Question, as: 'sent' | 'resend') => (
    <button type="button" class="button small" onClick={() => void perform(question, resolve(as))}>
      {label}
    </button>
  );
  if (status === 'failed') {
    const question = { title: t.one.resendTitle(n, of), points: t.one.resendPoints, action: t.one.resend };
    return button(t.one.resend, question, 'resend');
  }
  if (status !== 'held' && status !== 'unconfirmed') return null;
  const hasIt = { title: t.one.hasItTitle(n, of), points: t.one.hasItPoints, action: t.one.hasItDo };
  const hasNot = {
    title: t.one.hasNotTitle(n, of),
    points: t.one.hasNotPoints(size),
    action: t.one.hasNotDo,
    isDangerous: true,
  };
  return (
    <>
      {button(t.one.hasIt, hasIt, 'sent')}
      {button(t.one.hasNot, hasNot, 'resend')}
    </>
  );
}
