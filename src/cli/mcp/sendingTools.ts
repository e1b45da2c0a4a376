import { z } from 'zod';
import type { Broadcaster } from '../../client/index';
import { BROADCAST, broadcastAnswer } from './broadcastAnswer';
import { PREVIEW, previewAnswer } from './previewAnswer';
import { watchReplay } from './replay';
import { REQUEST, requestOf } from './request';
import type { AddTool } from './tool';

const NO_DIGEST = 'Nothing was sent. Call preview_broadcast first, and give the digest that it answers.';

/** Not `*`, which stands for any digest. */
const DIGEST = z.string({ error: NO_DIGEST }).regex(/^[\w-]{20,100}$/, NO_DIGEST);

const AGAIN = z.string().regex(/^[\w.-]{1,50}$/, 'Letters, digits and _ . - only, at most 50.');

export type SendingDeps = {
  readonly sms: Broadcaster;
  /** The same, through another `fetch`. */
  readonly smsThrough: (through: typeof fetch) => Broadcaster;
};

/** To look, and to send what was looked at. There is no way to send without. */
export function addSendingTools(add: AddTool, { sms, smsThrough }: SendingDeps): void {
  add(
    'preview_broadcast',
    {
      title: 'Preview a broadcast',
      description:
        'Dry run: tells how many people would be texted, at what cost, who would be left out and why, and the text. Sends and stores ' +
        'nothing. Its digest is needed to send.',
      input: REQUEST,
      output: PREVIEW,
      effect: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    async (wish, signal) => previewAnswer(await sms.preview(requestOf(wish), { signal }), wish),
  );

  add(
    'send_broadcast',
    {
      title: 'Send a previewed broadcast',
      description:
        'Texts real people, which cannot be taken back: only what preview_broadcast showed, and only after the person you work for has ' +
        'agreed to it. Takes the same input as the preview, and its digest; if the text, the people or anything else would be another by ' +
        'now, it is refused and nothing is sent. Calling it again with the same input texts nobody twice.',
      input: REQUEST.extend({
        digest: DIGEST.describe('Of the preview of exactly this.'),
        again: AGAIN.optional().describe(
          'Only to send exactly the same once more on purpose: a word for this time, such as "reminder-2". Never to get round an error.',
        ),
      }),
      output: BROADCAST.extend({ alreadySent: z.boolean().describe('Accepted before; this call sent nothing more.') }),
      effect: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    // Not given up with the tool call: the answer to a send that is under way would be lost, and it would be sent all the same.
    async ({ digest, again, ...wish }) => {
      const replay = watchReplay();
      const idempotencyKey = sendKey(digest, again);
      const sent = await smsThrough(replay.fetch).sendPreviewed(requestOf(wish), digest, { idempotencyKey });
      const { data, lines } = broadcastAnswer(sent);
      const alreadySent = replay.wasSeen();
      const note = `This was accepted before, at ${sent.createdAt}: nobody is texted twice. get_broadcast has how it stands now.`;
      return { data: { ...data, alreadySent }, lines: [...(alreadySent ? [note] : []), ...lines] };
    },
  );
}

/**
 * By the digest alone, however the call is worded: the service gives the first answer to the same request, and refuses
 * another one under the same key. Neither sends anything.
 */
const sendKey = (digest: string, again: string | undefined): string =>
  `mcp:${digest}${again === undefined ? '' : `:${again}`}`;
