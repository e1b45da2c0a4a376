import { number } from './format';

const mark = {
  paused: 'Paused',
  resumed: 'Went on',
  cancelled: 'Cancelled',
  approved: 'Approved',
  resent: 'Failed batches sent again',
  canary: 'A few first',
  fault: 'Nothing went',
  faultOver: 'Texts go again',
  ended: 'All handed over',
};

/** How a broadcast went, over time. */
export const course = {
  title: 'Over time',
  line: { handed: 'Handed over', delivered: 'Delivered', failed: 'Failed' },
  mark,
  markBy: (kind: keyof typeof mark, who: string | null) => (who === null ? mark[kind] : `${mark[kind]} by ${who}`),
  canary: (state: string) => `A few first: ${state}`,
  marks: 'What happened',
  none: 'Nothing is known to have been handed to Plivo yet.',
  unseen: 'Nobody had this page open while it went, so its course is not known. What comes from now on is drawn here.',
  since: (when: string) => `As seen since ${when}, when this page was opened.`,
  label: (from: string, to: string, handed: number, delivered: number, failed: number) =>
    `From ${from} to ${to}: ${number(handed)} handed to Plivo, ${number(delivered)} delivered, ${number(failed)} failed.`,
  table: 'As a table',
  time: 'Time',
};
