import type { DispatchFault } from '../../store/sending/faultStore';

/** What a fault of dispatch means for whoever waits for texts to go. */
export const dispatchPaused = ({ reason }: Pick<DispatchFault, 'reason'>): string =>
  `Dispatch is paused and tries again by itself. ${reason}`;

export const LIST_AWAY = "Plivo's message list cannot be asked: batches whose outcome is unknown wait for it.";
