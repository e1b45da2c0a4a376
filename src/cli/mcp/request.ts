import { z } from 'zod';
import type { BroadcastRequest } from '../../client/index';

/** More than this is a list to be saved and named: an agent would have to repeat every number, for the preview and to send. */
const MOST_RECIPIENTS = 10_000;

const entry = z.union([
  z.string(),
  z.object({ to: z.string() }).catchall(z.union([z.string(), z.number(), z.boolean(), z.null()])),
]);

/**
 * What an agent may say of a broadcast: what a preview shows in full. Not quiet hours, the balance or where results are posted,
 * which are for those who run the service; nor templates, whose text a preview does not show.
 */
export const REQUEST = z.strictObject({
  message: z
    .string()
    .describe('The text. May have fields of the recipients: {{name}}, or {{name|friend}} for those without.'),
  recipients: z
    .array(entry)
    .max(MOST_RECIPIENTS, `At most ${MOST_RECIPIENTS} here; save more people as a list, and name it in lists.`)
    .optional()
    .describe(
      `Phone numbers, best as +14155550101, or objects with the number as "to" and fields of the text; at most ${MOST_RECIPIENTS}.`,
    ),
  lists: z.array(z.string()).optional().describe('Names of saved lists whose people are texted (list_saved_lists).'),
  exceptLists: z.array(z.string()).optional().describe('Names of saved lists whose people are left out.'),
  name: z.string().optional().describe('A label, to find the broadcast by. Nobody who is texted sees it.'),
  topic: z.string().optional().describe('A label. Nobody ever gets two texts of one topic.'),
  sender: z.string().optional().describe('Who it comes from, instead of what is configured.'),
  sendAt: z.string().optional().describe('When it is to go, such as 2030-01-31T09:00:00+01:00; at once without it.'),
  sendAtLocal: z.string().optional().describe("Such as 2030-01-31T09:00: at that time of each person's own clock."),
  defaultCountry: z.string().optional().describe('Two letters: whose numbers those without a country code are.'),
  invalidRecipients: z
    .enum(['reject', 'skip'])
    .optional()
    .describe('Without it, one bad number keeps all from being texted; "skip" leaves bad ones out.'),
});

/** The wish as the service is asked: what was not said is not in its JSON either. */
export const requestOf = (wish: z.output<typeof REQUEST>): BroadcastRequest => wish as BroadcastRequest;
