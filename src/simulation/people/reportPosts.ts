import type { Chance } from '../clockwork/chance';
import type { Report } from '../plivo/message';
import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import type { Postman } from './postman';

const LOST_FOR_GOOD = 4;
const LATE_MS = { from: 1000, to: 3_600_000 } as const;
const REORDERED_WITHIN_MS = 30_000;

/** Posts what Plivo reports of its messages, with all that may happen to a post. */
export function createReportPosts(ground: Ground, postman: Postman, chance: Chance): (report: Report) => void {
  const { timeline, record } = ground;
  const [odds] = faultsOf(ground.plan, 'reports');

  const post = (report: Report, failFirst: number) =>
    postman.post(
      async ({ services }) => {
        const { message, state, sequence, errorCode } = report;
        const result = await services.receipts.receive({
          token: (message.callbackUrl ?? '').split('/').at(-1) ?? '',
          recipient: `+${message.to}`,
          messageUuid: message.uuid,
          status: state,
          sequence,
          errorCode,
          units: 1,
          cost: '0.00550',
        });
        if (result === 'applied') record.heard.set(message.uuid, { state, at: timeline.now() });
        return result === 'applied' || result === 'ignored';
      },
      { failFirst },
    );

  return (report) => {
    if (odds === undefined) {
      post(report, 0);
      return;
    }
    const copies = chance.happens(odds.doubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = chance.happens(odds.late) ? chance.anyMagnitude(LATE_MS.from, LATE_MS.to) : 0;
      const reordered = chance.happens(odds.reordered) ? chance.between(0, REORDERED_WITHIN_MS) : 0;
      const failFirst = chance.happens(odds.lost) ? LOST_FOR_GOOD : 0;
      timeline.after(late + reordered, null, () => post(report, failFirst));
    }
  };
}
