import type { Broadcast } from '../../api/types';
import type { Feed } from '../../api/line';
import { isFinal } from './pace';

/** What happens to one broadcast until its end; the reports that come in afterwards are asked for. */
export const feedOf = (id: string): Feed<Broadcast> => ({
  path: `broadcast/${id}/events`,
  isOn: (broadcast) => !isFinal(broadcast),
  after(broadcast, told) {
    if (told.event === 'progress') return told.data;
    return told.event === 'fault' ? null : broadcast;
  },
});
