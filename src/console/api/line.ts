import { listen } from './stream';
import type { Told } from './types';
import { waitingReplies } from './waiting';

/** A stream of events that tells how something changes. */
export type Feed<T> = {
  readonly path: string;
  /** Whether it tells anything further of what is known. */
  readonly isOn: (value: T) => boolean;
  /** What is known after it was heard; null where that takes another look. */
  readonly after: (value: T, told: Told) => T | null;
};

type Ends = {
  readonly onTold: (heard: readonly Told[]) => void;
  readonly onOpen: () => void;
  readonly onBroken: () => void;
};

/** The stream that is listened to as long as it has something to tell. What comes within one frame is told as one. */
export function createLine<T>(feed: () => Feed<T> | undefined, { onTold, onOpen, onBroken }: Ends) {
  let leave: (() => void) | null = null;
  let isOpen = false;
  let frame: number | null = null;
  let untold: Told[] = [];
  // An answer may be older than what was heard while it was on its way.
  let lately: Told[] = [];

  const tell = () => {
    frame = null;
    const heard = untold;
    untold = [];
    lately.push(...heard);
    onTold(heard);
  };
  const hear = (told: Told) => {
    if (told.event === 'review') waitingReplies.value = told.data.waiting;
    untold.push(told);
    frame ??= requestAnimationFrame(tell);
  };
  const hangUp = () => {
    leave?.();
    leave = null;
    isOpen = false;
    untold = [];
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
  };
  const follow = (value: T): boolean => {
    const wanted = feed();
    if (wanted === undefined || document.hidden || !wanted.isOn(value)) {
      hangUp();
      return false;
    }
    leave ??= listen(wanted.path, {
      onTold: hear,
      onOpen() {
        isOpen = true;
        onOpen();
      },
      onBroken() {
        isOpen = false;
        onBroken();
      },
    });
    return true;
  };
  return {
    follow,
    hangUp,
    isOpen: () => isOpen,
    heardLately: () => lately,
    forget() {
      lately = [];
    },
  };
}
