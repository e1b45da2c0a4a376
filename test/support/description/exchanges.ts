/** What is to be looked at once the test is over: while it runs, nothing is to keep the service waiting. */
const looks: (() => readonly string[])[] = [];

/** `look` finds what was not answered as it is described. */
export const lookLater = (look: () => readonly string[]): void => void looks.push(look);

/** @throws Error naming what was not answered as it is described since the last call */
export function refuseUndescribed(): void {
  const found = [...new Set(looks.splice(0).flatMap((look) => look()))];
  if (found.length > 0) throw new Error(`Answers that openapi.yaml does not describe:\n${found.join('\n')}`);
}
