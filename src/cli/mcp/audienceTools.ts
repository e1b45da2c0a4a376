import { z } from 'zod';
import type { Broadcaster } from '../../client/index';
import { inGroups } from '../terminal/inGroups';
import { firstOf, LIMIT, moreLine } from './firstOf';
import { READS, type AddTool } from './tool';

const LIST = z.object({
  name: z.string(),
  people: z.number().int(),
  fields: z.array(z.string()).describe('What is known of them, for {{fields}} in a text.'),
  updatedAt: z.string(),
});

/** Whom a broadcast may be for: lists by name, and whether somebody must not be texted. */
export function addAudienceTools(add: AddTool, sms: Broadcaster): void {
  add(
    'list_saved_lists',
    {
      title: 'List saved lists',
      description: 'Saved lists of people, by name, for lists and exceptLists of a broadcast.',
      input: z.strictObject({ limit: LIMIT }),
      output: z.object({ lists: z.array(LIST), more: z.boolean() }),
      effect: READS,
    },
    async ({ limit }, signal) => {
      const { items, more } = await firstOf(sms.lists.all({ pageSize: limit + 1, signal }), limit);
      const lists = items.map(({ name, recipients, fields, updatedAt }) => ({
        ...{ name, people: recipients, fields: [...fields], updatedAt },
      }));
      const lines = lists.map(({ name, people }) => `${name}  ${inGroups(people)} people`);
      return { data: { lists, more }, lines: lines.length === 0 ? ['None.'] : [...lines, ...moreLine(more)] };
    },
  );

  add(
    'check_opt_out',
    {
      title: 'Check an opt-out',
      description: 'Whether a number has opted out of texts. Who has is left out of every broadcast anyway.',
      input: z.strictObject({ number: z.string().describe('Such as +14155550101.') }),
      output: z.object({ optedOut: z.boolean(), since: z.string().nullable(), by: z.string().nullable() }),
      effect: READS,
    },
    async ({ number }, signal) => {
      const found = await sms.optOuts.show(number, { signal });
      if (found === null)
        return { data: { optedOut: false, since: null, by: null }, lines: ['Not opted out: may be texted.'] };
      const { optedOutAt, source } = found;
      return {
        data: { optedOut: true, since: optedOutAt, by: source },
        lines: [`Opted out since ${optedOutAt} (${source}): is not texted.`],
      };
    },
  );
}
