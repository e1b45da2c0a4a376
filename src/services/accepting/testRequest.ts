import type { CheckedRecipients } from '../../domain/lists/recipientList';
import type { Numbers } from '../../domain/numbers/numberList';
import type { Timers } from '../../domain/time/timers';
import type { BroadcastRequest } from './broadcastRequest';

/** Who a test goes to: how many entries there were, and the different numbers. */
export type TestWish = { readonly submitted: number; readonly numbers: readonly string[] };

/**
 * What somebody of a broadcast would be told, to a few others, at once and whatever they get beside it: neither hours nor
 * topic nor those who go first are the test's.
 */
export async function testOf(
  request: BroadcastRequest,
  { submitted, numbers }: TestWish,
  nextTurn: Timers['nextTurn'],
): Promise<BroadcastRequest> {
  const { saved, ...asIs } = request;
  const template = saved?.template ?? null;
  return {
    ...asIs,
    ...(template === null ? {} : { saved: { template, lists: [], exceptLists: [] } }),
    text: await textOf(request, nextTurn),
    recipients: {
      submitted,
      valid: numbers,
      duplicates: submitted - numbers.length,
      invalid: [],
      invalidCount: 0,
      texts: null,
      spelledOtherwise: { count: 0, entries: [] },
    },
    sendAt: null,
    sendAtLocal: null,
    quietHours: 'off',
    topic: null,
    canary: null,
    isTest: true,
  };
}

/** The text of the person whose entry was watched. */
async function textOf({ text, recipients }: BroadcastRequest, nextTurn: Timers['nextTurn']): Promise<string> {
  const { texts, valid, watched } = recipients;
  if (texts === null || watched === undefined) return text;
  const place = await placeOf(watched, valid, nextTurn);
  return texts.textAt(texts.textOf(place));
}

/** So many numbers are looked at before others get their turn: 2 ms. */
const SLICE = 10_000;

async function placeOf(
  number: Required<CheckedRecipients>['watched'],
  numbers: Numbers,
  nextTurn: Timers['nextTurn'],
): Promise<number> {
  for (let from = 0; from < numbers.length; from += SLICE) {
    const found = numbers.slice(from, from + SLICE).indexOf(number);
    if (found !== -1) return from + found;
    await nextTurn();
  }
  throw new Error('The entry was not checked.');
}
