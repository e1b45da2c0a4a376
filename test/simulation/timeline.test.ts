import { createChance } from '../../src/simulation/clockwork/chance';
import { createTimeline } from '../../src/simulation/clockwork/timeline';

const newTimeline = () => createTimeline(createChance(1, 'test'), 1);
const living = () => ({ isDead: false, stoppedUntil: 0 });

it('plays what is due in the order of time, and what follows from it before the next', async () => {
  const timeline = newTimeline();
  const seen: string[] = [];
  timeline.after(20, null, () => seen.push(`second at ${timeline.now()}`));
  timeline.after(10, null, () => {
    void Promise.resolve()
      .then(() => undefined)
      .then(() => seen.push('what follows'));
    seen.push(`first at ${timeline.now()}`);
  });
  await timeline.play(() => false);
  expect(seen).toEqual(['first at 10', 'what follows', 'second at 20']);
});

it('lets nothing happen to the dead, and to who stands still only later', async () => {
  const timeline = newTimeline();
  const [dead, sleeper] = [living(), living()];
  const seen: string[] = [];
  timeline.after(5, dead, () => seen.push('dead'));
  timeline.after(5, sleeper, () => seen.push(`woken at ${Math.floor(timeline.now())}`));
  dead.isDead = true;
  sleeper.stoppedUntil = 1000;
  await timeline.play(() => false);
  expect(seen).toEqual(['woken at 1000']);
});

it('puts looks off while nothing stirs, and brings them back when something does', async () => {
  const timeline = newTimeline();
  const life = living();
  const looks: number[] = [];
  const look = () => {
    looks.push(timeline.now());
    timeline.look(1000, life, look);
  };
  timeline.look(1000, life, look);
  timeline.after(1_000_000, null, () => timeline.stir());
  await timeline.play(() => timeline.now() > 1_003_000);
  const before = looks.filter((at) => at < 1_000_000);
  expect(before.length).toBeGreaterThan(5);
  expect(before.length).toBeLessThan(20);
  expect(looks.filter((at) => at >= 1_000_000 && at < 1_000_500)).toHaveLength(1);
});

it('ends with the reason where something throws', async () => {
  const timeline = newTimeline();
  timeline.after(1, null, () => {
    throw new Error('broken');
  });
  await expect(timeline.play(() => false)).rejects.toThrow('broken');
});
