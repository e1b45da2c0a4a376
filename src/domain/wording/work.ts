/** What was done to read one text. */
export type Work = {
  /** So often was a word or a phrase looked up. */
  lookUps: number;
  /** At so many places patterns were tried, which takes half a microsecond and more. */
  tries: number;
};

/**
 * People begin something that may be a wish at a hundred places of a long text, and at fewer. What is made to do so at every
 * word is understood in part only, like any text that says too much. The costliest texts that a search of two minutes found
 * took 1.2 ms on a machine whose cores three shared, most 0.5.
 */
const MOST_TRIES = 300;

export const noWork = (): Work => ({ lookUps: 0, tries: 0 });

/** Whether patterns may be tried at one more place. */
export function mayTry(work: Work): boolean {
  if (work.tries >= MOST_TRIES) return false;
  work.tries++;
  return true;
}
