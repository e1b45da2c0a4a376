import * as act from '../../api/act';
import { may } from '../../api/self';
import type { Approval, Broadcast } from '../../api/types';
import { t } from '../../texts';
import { near } from '../../texts/format';
import { announce } from '../../widgets/announce';
import { confirm, type Question } from '../../widgets/confirm';
import { wordsOf } from '../../widgets/looks';
import { shortTitleOf } from '../naming';

/** The second pair of eyes: lets go exactly what is shown, or not. */
export function Decision({ broadcast, onDone }: { broadcast: Broadcast; onDone: () => void }) {
  const { id, status, approval } = broadcast;
  if (status !== 'awaiting_approval' || approval === undefined || approval === null) return null;
  if (!may('approve')) return <p class="notice warn">{t.access.needsApprover}</p>;
  const decide = async (question: Question, what: (note: string) => Promise<unknown>, done: string) => {
    const note = await confirm(question);
    if (note === null) return;
    try {
      await what(note);
      announce(done);
    } catch (error) {
      announce(wordsOf(error), true);
    }
    onDone();
  };
  const approve = () => decide(approvalOf(broadcast), () => act.approve(id, approval.digest), t.approval.approved);
  const reject = () => decide(rejectionOf(broadcast), (reason) => act.reject(id, reason), t.approval.rejected);
  return (
    <div class="notice warn">
      <p>{t.approval.lead(untilOf(approval))}</p>
      <div class="controls">
        <button type="button" class="button small primary" onClick={() => void approve()}>
          {t.approval.approve}
        </button>
        <button type="button" class="button small" onClick={() => void reject()}>
          {t.approval.reject}
        </button>
      </div>
    </div>
  );
}

const untilOf = ({ expiresAt }: Approval): string | null => (expiresAt === null ? null : near(expiresAt));

const approvalOf = (broadcast: Broadcast): Question => ({
  title: t.approval.approveTitle(shortTitleOf(broadcast)),
  points: t.approval.approvePoints(broadcast.recipients.accepted),
  action: t.approval.approve,
});

const rejectionOf = (broadcast: Broadcast): Question => ({
  title: t.approval.rejectTitle(shortTitleOf(broadcast)),
  points: t.approval.rejectPoints,
  action: t.approval.reject,
  isDangerous: true,
  note: t.approval.reason,
  isNoteNeeded: true,
});
