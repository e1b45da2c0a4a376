import type { Chance } from '../clockwork/chance';
import type { Ground } from '../ground/ground';
import type { Processes, Request } from '../processes/processes';

/** Carries Plivo's posts to the service, again and again as Plivo does, and then no more. */
export type Postman = {
  /** `failFirst`: so many posts of it get lost on the way. `deliver` returns whether it was answered 2xx. */
  post(deliver: Request<boolean>, options: { readonly failFirst: number; readonly onDelivered?: () => void }): void;
  /** Posts that are still on their way or will be made again. */
  underWay(): number;
};

/** Plivo waits so long for an answer, and posts again after these times. */
const PATIENCE_MS = 8000;
const AGAIN_AFTER_MS = [60_000, 120_000, 240_000];

export function createPostman({ timeline, record }: Ground, processes: Processes, chance: Chance): Postman {
  let underWay = 0;

  async function isAnswered(deliver: Request<boolean>, onDelivered: () => void): Promise<boolean> {
    const answer = processes.ask(deliver).then((answered) => {
      const isDelivered = answered.kind === 'answered' && answered.value;
      if (isDelivered) onDelivered();
      return isDelivered;
    });
    const patience = new Promise<boolean>((resolve) => timeline.after(PATIENCE_MS, null, () => resolve(false)));
    return await Promise.race([answer, patience]);
  }

  return {
    underWay: () => underWay,
    post(deliver, { failFirst, onDelivered = () => undefined }) {
      underWay++;
      let tries = 0;
      const attempt = async () => {
        record.counts.posts++;
        const isLost = tries < failFirst;
        if (!isLost && (await isAnswered(deliver, onDelivered))) {
          underWay--;
          return;
        }
        const again = AGAIN_AFTER_MS[tries++];
        if (again === undefined) {
          record.counts.lostPosts++;
          underWay--;
          return;
        }
        timeline.after(again + chance.between(0, 2000), null, () => void attempt());
      };
      void attempt();
    },
  };
}
