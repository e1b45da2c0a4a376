/** One value at a moment, in minutes since the start. */
export type Point = { readonly minutes: number; readonly value: number };

/** How much a value rises in a minute, by least squares; 0 where there are not two moments to compare. */
export function slopeOf(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [minutes, value] = [mean((point) => point.minutes), mean((point) => point.value)];
  let [together, alone] = [0, 0];
  for (const point of points) {
    together += (point.minutes - minutes) * (point.value - value);
    alone += (point.minutes - minutes) ** 2;
  }
  return alone === 0 ? 0 : together / alone;
}

/** Until then caches fill and code becomes warm. */
const WARM_UP_SHARE = 0.4;

export function afterWarmUp(points: readonly Point[]): readonly Point[] {
  const until = Math.max(0, ...points.map(({ minutes }) => minutes)) * WARM_UP_SHARE;
  return points.filter(({ minutes }) => minutes >= until);
}

/** A heap breathes by as much between two collections, and in the first minutes finds its size. */
const BREATH_MB = 128;
const MOST_MB_A_MINUTE = 10;

/** Whether memory grows after the warm-up: steadily, and by more than a heap breathes. */
export function isLeak(points: readonly Point[]): boolean {
  const later = afterWarmUp(points);
  const slope = slopeOf(later);
  const minutes = (later.at(-1)?.minutes ?? 0) - (later[0]?.minutes ?? 0);
  return slope > MOST_MB_A_MINUTE && slope * minutes > BREATH_MB;
}
