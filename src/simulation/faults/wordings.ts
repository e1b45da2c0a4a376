import type { WorldPlan } from './worldPlan';

const WORDING = /^(.*), wording (\d+)$/;

/** What those are told who have this wording of a text. */
export const wordingOf = (text: string, wording: string): string => `${text}, wording ${wording}`;

/** The text that a call's is a wording of. `isTheirs`: everybody who is called (digits) is to be told just this. */
export function readWording(
  { people, broadcasts }: WorldPlan,
  told: string,
  to: readonly string[],
): { readonly text: string; readonly isTheirs: boolean } {
  const [, text = told, wording = null] = WORDING.exec(told) ?? [];
  const { wordings = 1 } = broadcasts.find((broadcast) => broadcast.text === text) ?? {};
  const isTheirs = to.every((digits) => {
    const own = wordings === 1 ? null : String(people.indexOf(`+${digits}`) % wordings);
    return own === wording;
  });
  return { text, isTheirs };
}
