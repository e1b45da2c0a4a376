import type { TimeSpan } from '../../../domain/outcome/reconciliation';
import type { ListedMessage } from '../../plivo/plivoMessageList';
import { PAGE_SIZE, type Inquiry } from './inquiry';
import type { MessageQuery } from './messageList';

/** The list of a span of time, as far as it was read. */
export type Pages = {
  readonly span: TimeSpan;
  readonly filter: Pick<MessageQuery, 'fromNumber' | 'powerpackUuid'>;
  readonly messages: ListedMessage[];
  /** Those of the page that was read last. */
  latest: readonly ListedMessage[];
  read: number;
  /** There is no further page. */
  isAll: boolean;
};

/** Why nobody can be asked at present. */
export type Stopped = 'busy' | 'refused';

/** Pages that are read about one batch at most, of the few requests that Plivo answers a minute. */
export const MOST_PAGES = 3;

export const openPages = (span: TimeSpan, filter: Pages['filter']): Pages => ({
  span,
  filter,
  messages: [],
  latest: [],
  read: 0,
  isAll: false,
});

export async function readPage(inquiry: Inquiry, pages: Pages): Promise<Stopped | null> {
  const listed = await inquiry.ask({ ...pages.span, ...pages.filter, offset: pages.read * PAGE_SIZE });
  if (listed.kind !== 'listed') return listed.kind;
  pages.messages.push(...listed.messages);
  pages.latest = listed.messages;
  pages.read++;
  pages.isAll = listed.messages.length < PAGE_SIZE;
  return null;
}
