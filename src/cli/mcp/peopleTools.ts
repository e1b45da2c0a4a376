import { z } from 'zod';
import type { Broadcaster, Recipient } from '../../client/index';
import { RECIPIENT_STATUSES } from '../../domain/states/recipientState';
import { inGroups } from '../terminal/inGroups';
import { firstOf, LIMIT, moreLine } from './firstOf';
import { READS, type AddTool } from './tool';

const SHOW_NUMBERS = z
  .boolean()
  .default(false)
  .describe('Numbers in full, not only their last digits: what you read goes to whoever runs your model.');

const RECIPIENT = z.object({
  recipient: z.string(),
  status: z.string(),
  errorCode: z.string().nullable(),
  errorReason: z.string().nullable(),
  cost: z.string().nullable(),
  updatedAt: z.string(),
});

const BATCH = z.object({
  number: z.number().int(),
  size: z.number().int(),
  status: z.string(),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
});

const ID = z.string().describe('The id of the broadcast.');

/** Who was texted, in which calls, and who must not be. */
export function addPeopleTools(add: AddTool, sms: Broadcaster): void {
  add(
    'list_recipients',
    {
      title: 'List the people of a broadcast',
      description: 'What became of each person, of all or of one state. Numbers are masked unless showNumbers is true.',
      input: z.strictObject({
        id: ID,
        status: z.enum(RECIPIENT_STATUSES).optional(),
        limit: LIMIT,
        showNumbers: SHOW_NUMBERS,
      }),
      output: z.object({ recipients: z.array(RECIPIENT), more: z.boolean() }),
      effect: READS,
    },
    async ({ id, status, limit, showNumbers }, signal) => {
      const filter = status === undefined ? {} : { status };
      const { items, more } = await firstOf(sms.recipients(id, { ...filter, pageSize: limit + 1, signal }), limit);
      const recipients = items.map((person) => recipientData(person, showNumbers));
      const lines = recipients.map((one) => [one.recipient, one.status, one.errorReason ?? ''].join('  ').trimEnd());
      return { data: { recipients, more }, lines: lines.length === 0 ? ['Nobody.'] : [...lines, ...moreLine(more)] };
    },
  );

  add(
    'list_batches',
    {
      title: 'List the batches of a broadcast',
      description: 'The calls to Plivo that a broadcast consists of, with what went wrong in each.',
      input: z.strictObject({ id: ID, limit: LIMIT }),
      output: z.object({ batches: z.array(BATCH), more: z.boolean() }),
      effect: READS,
    },
    async ({ id, limit }, signal) => {
      const { items, more } = await firstOf(sms.batches(id, { pageSize: limit + 1, signal }), limit);
      const batches = items.map(({ number, size, status, attempts, lastError }) => ({
        ...{ number, size, status, attempts },
        lastError: lastError?.message ?? null,
      }));
      const lines = batches.map(({ number, size, status, lastError }) =>
        [`${number}`, `${inGroups(size)} people`, status, lastError ?? ''].join('  ').trimEnd(),
      );
      return { data: { batches, more }, lines: lines.length === 0 ? ['None.'] : [...lines, ...moreLine(more)] };
    },
  );
}

/** The text of one's own goes with the number: it often names its reader. */
const recipientData = (
  { recipient, status, errorCode, errorReason, cost, updatedAt }: Recipient,
  showNumbers: boolean,
): z.output<typeof RECIPIENT> => ({
  recipient: showNumbers ? recipient : masked(recipient),
  ...{ status, errorCode, errorReason, cost, updatedAt },
});

/** Enough to tell a few people apart. */
const masked = (number: string): string => (number.length < 8 ? '•••' : `•••${number.slice(-4)}`);
