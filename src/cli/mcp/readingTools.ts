import { z } from 'zod';
import type { Broadcaster } from '../../client/index';
import { BROADCAST_STATUSES } from '../../domain/states/broadcastState';
import { inGroups } from '../terminal/inGroups';
import { ACCOUNT, accountAnswer } from './accountAnswer';
import { BROADCAST, broadcastAnswer, broadcastData } from './broadcastAnswer';
import { firstOf, LIMIT, moreLine } from './firstOf';
import { READS, type AddTool } from './tool';

/** What an agent may look at as it likes: nothing here changes anything. */
export function addReadingTools(add: AddTool, sms: Broadcaster): void {
  add(
    'list_broadcasts',
    {
      title: 'List broadcasts',
      description: 'Broadcasts, newest first, with how each stands.',
      input: z.strictObject({ status: z.enum(BROADCAST_STATUSES).optional(), limit: LIMIT }),
      output: z.object({ broadcasts: z.array(BROADCAST), more: z.boolean() }),
      effect: READS,
    },
    async ({ status, limit }, signal) => {
      const filter = status === undefined ? {} : { status };
      const { items, more } = await firstOf(sms.broadcasts({ ...filter, pageSize: limit + 1, signal }), limit);
      const lines = items.map(({ id, createdAt, status: state, name, recipients }) =>
        [id, createdAt, state, `${inGroups(recipients.accepted)} people`, name ?? ''].join('  ').trimEnd(),
      );
      const data = { broadcasts: items.map(broadcastData), more };
      return { data, lines: lines.length === 0 ? ['None.'] : [...lines, ...moreLine(more)] };
    },
  );

  add(
    'get_broadcast',
    {
      title: 'Look at a broadcast',
      description:
        'One broadcast: its text, how far it is, what became of the people by number, cost, and what is in the way.',
      input: z.strictObject({ id: z.string().describe('The id of the broadcast.') }),
      output: BROADCAST,
      effect: READS,
    },
    async ({ id }, signal) => broadcastAnswer(await sms.broadcast(id, { signal })),
  );

  add(
    'get_account',
    {
      title: 'Look at the account',
      description: 'Balance, what keeps texts from going, and how many are waiting.',
      input: z.strictObject({}),
      output: ACCOUNT,
      effect: READS,
    },
    async (_nothing, signal) => accountAnswer(await sms.account({ signal })),
  );
}
