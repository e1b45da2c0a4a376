import type { SimulatorSettings } from '../behaviour/settings';
import type { Message } from './message';
import { priceOf } from './prices';

export type Credit = {
  /** Takes what a text costs; false where there is not so much left. */
  pays(message: Message): boolean;
  /** A text has failed for want of credit a short time ago: sends are refused. `now` of performance.now(). */
  isRefusing(now: number): boolean;
  clear(): void;
};

/** Dollars have five decimals here, as at Plivo; anything finer is a fault of binary fractions. */
const rounded = (dollars: number): number => Math.round(dollars * 100_000) / 100_000;

/** The account's credit, which is a setting: whoever raises it has paid in. */
export function createCredit(settings: SimulatorSettings): Credit {
  let ranOutAt = -Infinity;
  return {
    pays(message) {
      if (settings.credit === null) return true;
      const left = rounded(settings.credit - Number(priceOf(message, settings).amount));
      if (left < 0) {
        ranOutAt = performance.now();
        return false;
      }
      settings.credit = left;
      return true;
    },
    isRefusing: (now) => now - ranOutAt < settings.noCreditForMs,
    clear() {
      ranOutAt = -Infinity;
    },
  };
}
