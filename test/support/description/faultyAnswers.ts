/** Answers of the current test file that were not as they are described. Apart, so that who has none loads no schemas. */
const faulty: string[] = [];

export const noteFaulty = (faults: readonly string[]): void => void faulty.push(...faults);

/** @throws Error naming what was not as it is described since the last call */
export function refuseUndescribed(): void {
  const found = [...new Set(faulty.splice(0))];
  if (found.length > 0) throw new Error(`Answers that openapi.yaml does not describe:\n${found.join('\n')}`);
}
