import type { Chance } from '../clockwork/chance';
import type { Controlled } from '../../store/sending/controlStore';
import type { Fault } from '../faults/fault';
import { SENDER } from '../faults/drawSenders';
import type { Ground } from '../ground/ground';
import type { Postman } from './postman';
import type { Processes } from '../processes/processes';
import type { Saying } from '../ground/worldRecord';

/** What people do beside submitting broadcasts. */
export type People = {
  say(fault: Extract<Fault, { kind: 'handset' }>): void;
  /** Repeated until it is carried out or the state does not allow it. */
  control(broadcast: number, act: 'pause' | 'resume' | 'cancel'): void;
  /** Deeds that are not done yet. */
  underWay(): number;
};

const TRY_AGAIN_MS = { from: 500, to: 10_000 } as const;
const MOST_TRIES = 200;

export function createPeople(ground: Ground, processes: Processes, postman: Postman, chance: Chance): People {
  const { plan, timeline, record, trace, shared } = ground;
  let underWay = 0;

  const idOf = (broadcast: number): string | null => {
    const text = plan.broadcasts[broadcast]?.text ?? '';
    const { rows } = shared.run(
      'select id from broadcasts where message_text = ? and hidden is null order by broadcast_key desc limit 1',
      [text],
    );
    return (rows as { id: string }[])[0]?.id ?? null;
  };

  async function tryControl(id: string, act: 'pause' | 'resume' | 'cancel'): Promise<Controlled | null> {
    if (act === 'resume') record.resumes.push({ id, at: timeline.now() });
    const answer = await processes.ask(async ({ services, foundation: { store } }) => {
      const result = await store.control[act](id);
      services.dispatcher.wake();
      return result;
    });
    return answer.kind === 'answered' ? answer.value : null;
  }

  return {
    underWay: () => underWay,
    say({ person, says, failedPosts, isDoubled }) {
      const number = plan.people[person] ?? '';
      const saying: Saying = {
        person: number.slice(1),
        says,
        saidAt: timeline.now(),
        isHeldUp: failedPosts > 0,
        committedAt: null,
      };
      record.sayings.push(saying);
      trace('handset', says, { from: number, failedPosts });
      const text = { messageUuid: chance.word(16), from: number, to: SENDER, text: says, intent: null };
      const post = (failFirst: number) =>
        postman.post(
          async ({ services }) => {
            await services.inboundService.receive(text, { mayOptIn: true });
            return true;
          },
          {
            failFirst,
            onDelivered() {
              saying.committedAt ??= timeline.now();
              trace('handset', `${says} is committed`, { from: number });
            },
          },
        );
      post(failedPosts);
      if (isDoubled) timeline.after(chance.anyMagnitude(10, 120_000), null, () => post(0));
    },
    control(broadcast, act) {
      underWay++;
      let tries = 0;
      const attempt = async (): Promise<void> => {
        const id = idOf(broadcast);
        const result = id === null ? null : await tryControl(id, act);
        trace('person', act, { broadcast, result });
        if (result?.kind === 'done' && act === 'cancel') record.cancelled.add(plan.broadcasts[broadcast]?.text ?? '');
        if (result !== null || ++tries >= MOST_TRIES) underWay--;
        else timeline.after(chance.anyMagnitude(TRY_AGAIN_MS.from, TRY_AGAIN_MS.to), null, () => void attempt());
      };
      void attempt();
    },
  };
}
