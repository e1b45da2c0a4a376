/** Clocks are set by hand, too. What differs less than this may be the time that an answer takes. */
const SAME_MS = 2000;

let aheadMs = 0;

/** Every answer says what time it is where it comes from. */
export function noteTime(answer: Response): void {
  const said = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(said)) return;
  const difference = said - Date.now();
  aheadMs = Math.abs(difference) < SAME_MS ? 0 : difference;
}

/** What time it is by the service's clock, which all its times are of. */
export const serverNow = (): number => Date.now() + aheadMs;
