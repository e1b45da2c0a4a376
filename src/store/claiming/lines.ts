import type { Transaction } from 'kysely';
import { backlogMs, untilRoom, within, type Pace, type Paces, type Queue } from '../../domain/time/pacing';
import type { Schema } from '../engine/schema';
import { unitsOf, type Candidate } from './candidate';
import { readSenderQueue } from '../sending/senderQueues';

/** A queue that the texts of a batch must pass, with the rate at which Plivo works it off. */
export type Line = { readonly of: 'sender' | 'account'; readonly pace: Pace; readonly queue: Queue };

/** Those of the batch: of its sender and of the account, as far as their rates are known. */
export async function linesOf(
  tx: Transaction<Schema>,
  { queue }: Candidate,
  { account, sender }: Paces,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  if (sender !== null) lines.push({ of: 'sender', pace: sender, queue: await readSenderQueue(tx, sender.queue) });
  if (account !== null) lines.push({ of: 'account', pace: account, queue });
  return lines;
}

/** The same with horizons that are no longer than that. */
export const linesWithin = (lines: readonly Line[], horizonMs: number): Line[] =>
  lines.map((line) => ({ ...line, pace: within(line.pace, horizonMs) }));

/** The first of the lines that has no room for the batch, and in how many milliseconds it has; null where all have. */
export function fullLine(
  { batch, broadcast, now }: Candidate,
  lines: readonly Line[],
): { readonly line: Line; readonly waitMs: number } | null {
  const units = unitsOf({ batch, broadcast }, batch.size);
  for (const line of lines) {
    // With the clock set back, taking the slot brings the queue in line with it.
    const isKnown = now >= line.queue.writtenAt;
    const waitMs = isKnown ? untilRoom(line.pace, units, backlogMs(line.queue, now)) : 0;
    if (waitMs > 0) return { line, waitMs };
  }
  return null;
}
