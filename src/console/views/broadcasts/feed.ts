import type { Broadcast, Page } from '../../api/types';
import type { Feed } from '../../api/line';

type List = Page<Broadcast>;

/** What happens to all broadcasts, as it changes a page of them. */
export const feedOf = (status: string, isFirstPage: boolean, isTests: boolean): Feed<List> => ({
  path: 'events',
  // Of tests nothing is told.
  isOn: () => !isTests,
  after(list, told) {
    if (told.event === 'fault') return null;
    if (told.event !== 'progress') return list;
    const changed = told.data;
    const fits = status === '' || changed.status === status;
    const isThere = list.data.some(({ id }) => id === changed.id);
    if (isThere)
      return fits ? { ...list, data: list.data.map((one) => (one.id === changed.id ? changed : one)) } : null;
    return fits && isFirstPage && isNewer(changed, list) ? null : list;
  },
});

const isNewer = ({ createdAt }: Broadcast, { data: [newest] }: List): boolean =>
  newest === undefined || createdAt >= newest.createdAt;
