import { createParser } from 'eventsource-parser';
import { askForStream } from './request';
import type { Told } from './types';

/** A sign of life comes every 15 s; a line on which nothing has come for so long is dead. */
const SILENT_MS = 40_000;
const SOONEST_MS = 3000;
const SLOWEST_MS = 60_000;

export type Listener = {
  readonly onOpen: () => void;
  readonly onTold: (told: Told) => void;
  /** It could not be opened, or has ended; it is tried again by itself. */
  readonly onBroken: () => void;
};

/**
 * Listens to a stream of events until it is left, opening it anew where it breaks. `EventSource` could send no key, and a
 * key does not belong in an address.
 *
 * @returns how to leave
 */
export function listen(path: string, listener: Listener): () => void {
  const left = new AbortController();
  const isLeft = () => left.signal.aborted;
  const keepOn = async () => {
    let wait = SOONEST_MS;
    while (!isLeft()) {
      const isHeard = await hearOut(path, left.signal, listener);
      if (isLeft()) return;
      listener.onBroken();
      wait = isHeard ? SOONEST_MS : Math.min(SLOWEST_MS, wait * 2);
      await new Promise((goOn) => setTimeout(goOn, wait));
    }
  };
  void keepOn();
  return () => left.abort();
}

/** From its beginning to its end, whatever that is; returns whether it could be opened. */
async function hearOut(path: string, left: AbortSignal, { onOpen, onTold }: Listener): Promise<boolean> {
  const dead = new AbortController();
  let watchdog = setTimeout(() => dead.abort(), SILENT_MS);
  const parser = createParser({
    onEvent({ event, data }) {
      onTold({ event, data: JSON.parse(data) as unknown } as Told);
    },
  });
  let isOpened = false;
  try {
    const { body } = await askForStream(path, AbortSignal.any([left, dead.signal]));
    if (body === null) return false;
    isOpened = true;
    onOpen();
    const words = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await words.read();
      if (done) return true;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => dead.abort(), SILENT_MS);
      parser.feed(value);
    }
  } catch {
    return isOpened;
  } finally {
    clearTimeout(watchdog);
  }
}
