import { signal } from '@preact/signals';

/** How many replies wait for a person, as was heard last. */
export const waitingReplies = signal(0);
