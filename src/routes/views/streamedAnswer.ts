import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';

export type StreamedAnswer = {
  readonly type: string;
  readonly fileName: string;
  /** What it begins with. */
  readonly head: string;
};

/**
 * Answers with a text that is written some at a time, as fast as the reader takes it: memory stays flat however much there
 * is, and in between others get their turn. The first part is read before the answer begins; null ends it. What fails
 * later ends the connection, so that no part is taken for the whole.
 */
export async function streamText(
  res: Response,
  { type, fileName, head }: StreamedAnswer,
  nextPart: () => Promise<string | null>,
): Promise<void> {
  let part = await nextPart();
  // In this order: for an ending that Express does not know, an attachment is of no type.
  res.attachment(fileName).type(type);
  if (head !== '') res.write(head);
  while (part !== null && !res.closed) {
    if (part !== '' && !res.write(part)) await untilDrained(res);
    // SQLite answers at once, and a reader may be as fast.
    await nextTurn();
    part = await nextPart();
  }
  res.end();
}

function untilDrained(res: Response): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      res.off('drain', goOn).off('close', goOn);
      resolve();
    };
    res.on('drain', goOn).on('close', goOn);
  });
}
