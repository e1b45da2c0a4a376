import { knownCount, settledCount, type BroadcastStatus } from '../calls/broadcastStatus';
import { inGroups } from '../terminal/inGroups';

export type ProgressLine = {
  show(broadcast: BroadcastStatus, elapsedMs: number): void;
  /** Leaves the last state standing and goes to a new line. */
  end(): void;
};

export type ProgressOutput = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

const BAR_WIDTH = 30;
const PLAIN_EVERY_MS = 1000;

/** One line that is redrawn on a terminal; elsewhere (a file, CI) a plain line each second. */
export function createProgressLine(output: ProgressOutput): ProgressLine {
  return output.isTTY === true ? redrawn(output) : plain(output);
}

function redrawn(output: ProgressOutput): ProgressLine {
  return {
    // Cut to the width: a line that wraps cannot be redrawn in place.
    show: (broadcast, elapsedMs) =>
      output.write(
        `\r\u001b[2K${`${bar(broadcast)} ${words(broadcast, elapsedMs)}`.slice(0, (output.columns ?? 80) - 1)}`,
      ),
    end: () => output.write('\n'),
  };
}

function plain(output: ProgressOutput): ProgressLine {
  let last: string | null = null;
  let nextAtMs = 0;
  const write = (line: string) => output.write(`${line}\n`);
  return {
    show(broadcast, elapsedMs) {
      last = words(broadcast, elapsedMs);
      if (elapsedMs < nextAtMs) return;
      nextAtMs = elapsedMs + PLAIN_EVERY_MS;
      write(last);
      last = null;
    },
    end() {
      if (last !== null) write(last);
    },
  };
}

function bar(broadcast: BroadcastStatus): string {
  const filled = Math.floor((BAR_WIDTH * settledCount(broadcast)) / Math.max(1, knownCount(broadcast)));
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

function words(broadcast: BroadcastStatus, elapsedMs: number): string {
  const { batches, delivery } = broadcast;
  return [
    `${inGroups(settledCount(broadcast))}/${inGroups(knownCount(broadcast))} settled`,
    `batches ${batches.sent}/${batches.total}`,
    `delivered ${inGroups(delivery.delivered)}`,
    `undelivered ${delivery.undelivered}`,
    `invalid ${delivery.invalid}`,
    `${(elapsedMs / 1000).toFixed(1)} s`,
  ].join('  ');
}
