import { createSeenBroadcasts } from '../../../src/services/telling/seenBroadcasts';
import type { Glance } from '../../../src/store/telling/watchStore';

const glance = (broadcastKey: number, status: Glance['status'] = 'scheduled'): Glance => ({
  broadcastKey,
  id: `broadcast ${broadcastKey}`,
  status,
  creatorId: null,
  endedAt: null,
  version: status,
});

describe('the broadcasts that were seen', () => {
  it('are followed until they have ended, the newest of however many', () => {
    const seen = createSeenBroadcasts(100);
    const many = Array.from({ length: 3000 }, (_, index) => glance(index + 1));
    seen.takeIn([...many, glance(3001, 'completed')], { at: 1, isEvery: true });
    const keys = seen.keysToFollow();
    expect(keys).toHaveLength(2000);
    expect(keys).toContain(3000);
    expect(keys).not.toContain(3001);
    expect(keys).not.toContain(1000);
  });

  it('are forgotten once nobody looks at them any more', () => {
    const seen = createSeenBroadcasts(100);
    seen.takeIn([glance(1), glance(2)], { at: 1, isEvery: true });
    seen.takeIn([glance(2)], { at: 2, isEvery: false });
    expect(seen.keysToFollow()).toEqual([2]);
  });
});
