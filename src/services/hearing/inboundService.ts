import type { Logger } from '../../../config/logger';
import { keywordOf, type Keyword } from '../../domain/text/keywords';
import type { InboundMessage, InboundStore } from '../../store/hearing/inboundStore';

/** A text as Plivo posts it, numbers in E.164 form where they are phone numbers. */
export type ReceivedText = Omit<InboundMessage, 'keyword'>;

/** What we answer, each null for nothing. */
export type KeywordReplies = Readonly<Record<Keyword, string | null>>;

export type InboundService = {
  /** Keeps the text and does what it says. Returns what to answer the person, null for nothing; all is committed by then. */
  receive(text: ReceivedText): Promise<string | null>;
};

export type InboundServiceDeps = {
  readonly inbound: InboundStore;
  readonly replies: KeywordReplies;
  readonly logger: Logger;
};

/** Plivo's `MessageIntent` (Plivo docs: "Handling incoming messages"). */
const BY_INTENT: Readonly<Record<string, Keyword>> = { optout: 'optOut', help: 'help' };

export function createInboundService({ inbound, replies, logger }: InboundServiceDeps): InboundService {
  return {
    async receive(text) {
      const keyword = readKeyword(text);
      const result = await inbound.keep({ ...text, keyword });
      const changed = result.kind === 'kept' && result.changed;
      logger.info('A text came in', { keyword, changed, repeated: result.kind === 'repeated' });
      // Plivo answers by itself what it recognised, and posts again what was answered too late: one answer is enough.
      if (keyword === null || text.intent !== null || result.kind === 'repeated') return null;
      return keyword === 'help' || changed ? replies[keyword] : null;
    },
  };
}

/**
 * The person's own words, then what Plivo read out of them. Plivo's word alone opts somebody out, which is the safe side,
 * but never in again: that takes the person's own START.
 */
function readKeyword({ from, text, intent }: ReceivedText): Keyword | null {
  // A short code is a machine's.
  if (!from.startsWith('+')) return null;
  const own = keywordOf(text);
  const plivos = intent !== null && Object.hasOwn(BY_INTENT, intent) ? (BY_INTENT[intent] ?? null) : null;
  return plivos === 'optOut' ? 'optOut' : (own ?? plivos);
}
