import type { Loss } from './answers';

/** What becomes of one send call beside the state of the line. */
export type CallFate =
  | { readonly kind: 'lost request'; readonly loss: Loss }
  | { readonly kind: 'lost answer'; readonly loss: Loss; readonly share: number }
  | { readonly kind: 'late'; readonly pastTimeoutMs: number };
