import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Broadcaster } from '../../client/index';
import { BROADCAST, broadcastAnswer } from './broadcastAnswer';
import type { AddTool } from './tool';

type Decision = { readonly what: 'pause' | 'resume' | 'cancel'; readonly title: string; readonly description: string };

const DECISIONS: readonly (Decision & { readonly effect: ToolAnnotations })[] = [
  {
    what: 'pause',
    title: 'Pause a broadcast',
    description: 'Nobody further is texted until it is resumed. What Plivo has already goes out.',
    effect: { destructiveHint: false, idempotentHint: true },
  },
  {
    what: 'resume',
    title: 'Resume a broadcast',
    description:
      'A paused broadcast goes on: people are texted, which cannot be taken back. It may have been paused by a person, or because ' +
      'something was wrong; look with get_broadcast first, and ask the person you work for.',
    effect: { destructiveHint: true, idempotentHint: true },
  },
  {
    what: 'cancel',
    title: 'Cancel a broadcast',
    description: 'Who was not texted yet never is. It cannot be undone: ask the person you work for.',
    effect: { destructiveHint: true, idempotentHint: true },
  },
];

/** What can be decided of a broadcast that was sent. */
export function addDecidingTools(add: AddTool, sms: Broadcaster): void {
  for (const { what, title, description, effect } of DECISIONS) {
    const input = z.strictObject({ id: z.string().describe('The id of the broadcast.') });
    const described = { title, description, input, output: BROADCAST };
    add(
      `${what}_broadcast`,
      { ...described, effect: { readOnlyHint: false, openWorldHint: true, ...effect } },
      async ({ id }) => broadcastAnswer(await sms[what](id)),
    );
  }
}
