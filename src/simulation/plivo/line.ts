import type { Chance } from '../clockwork/chance';
import { isBeforeLeaving, settlingOf, type Loss, type Refusal, type Settling } from './answers';

/** Times in which requests do not come through; virtual milliseconds. */
export type Outage = {
  readonly of: 'send' | 'list';
  readonly from: number;
  readonly to: number;
  readonly refusals: readonly Refusal[];
  readonly losses: readonly Loss[];
};

/** What a request meets on its way. */
export type Way =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'blocked';
      readonly settling: Settling;
      /** The caller cannot know whether it is taken. */
      readonly isLoss: boolean;
      /** Plivo has the request all the same. */
      readonly isTaken: boolean;
      readonly isAtOnce: boolean;
    };

/** The line to Plivo, and whether Plivo is up. */
export type Line = {
  begin(outage: Outage): void;
  way(of: Outage['of'], now: number): Way;
  outages(): readonly Outage[];
};

export function createLine(chance: Chance): Line {
  const outages: Outage[] = [];
  return {
    outages: () => outages,
    begin: (outage) => outages.push(outage),
    way(of, now) {
      const outage = outages.find((one) => one.of === of && one.from <= now && now < one.to);
      if (outage === undefined) return { kind: 'open' };
      const answers = [...outage.refusals, ...outage.losses];
      const answer = chance.pickFrom(answers);
      if (answer === undefined) return { kind: 'open' };
      const isLoss = (outage.losses as readonly string[]).includes(answer);
      return {
        kind: 'blocked',
        settling: settlingOf(answer),
        isLoss,
        isTaken: isLoss && chance.happens(0.5),
        isAtOnce: !isLoss && isBeforeLeaving(answer as Refusal),
      };
    },
  };
}
