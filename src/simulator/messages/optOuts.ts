import { sourceOf } from './message';
import type { Message } from './message';
import { createNumberLookup, stripNumber } from '../formats/phoneDigits';

export type Intent = 'optout' | 'optin' | 'help' | '';

/** The whole text, any case (https://www.plivo.com/docs/messaging/concepts/dnd-service). */
const KEYWORDS: Record<Exclude<Intent, ''>, readonly string[]> = {
  optout: ['STOP', 'END', 'QUIT', 'CANCEL', 'UNSUB', 'UNSUBSCRIBE', 'STOP ALL'],
  optin: ['START', 'UNSTOP'],
  help: ['HELP', 'INFO'],
};

export function intentOf(text: string): Intent {
  const word = text.trim().replace(/\s+/g, ' ').toUpperCase();
  for (const [intent, words] of Object.entries(KEYWORDS)) if (words.includes(word)) return intent as Intent;
  return '';
}

export type OptOuts = {
  /** A text with this intent came from a handset to one of the account's numbers. */
  heard(intent: Intent, handset: string, source: string): void;
  isBlocked(message: Message): boolean;
  clear(): void;
};

/** The opt-out list Plivo keeps by default: each STOP holds for the number it was sent to. `listed` are out for all. */
export function createOptOuts(listed: () => readonly string[]): OptOuts {
  const isListed = createNumberLookup(listed);
  const pairs = new Set<string>();
  const pair = (handset: string, source: string): string => `${handset}<${source}`;
  return {
    heard: (intent, handset, source) => {
      const key = pair(stripNumber(handset), stripNumber(source));
      if (intent === 'optout') pairs.add(key);
      if (intent === 'optin') pairs.delete(key);
    },
    isBlocked: ({ to, send }) => isListed(to) || (pairs.size > 0 && pairs.has(pair(to, sourceOf(send, to)))),
    clear: () => pairs.clear(),
  };
}
