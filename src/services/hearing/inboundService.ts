import type { Logger } from '../../../config/logger';
import { ServiceError } from '../../domain/errors';
import type { NumberReading } from '../../domain/numbers/phoneNumber';
import type { Keyword } from '../../domain/replies/keywords';
import type { Reading } from '../../domain/replies/replyReading';
import type { Timers } from '../../domain/time/timers';
import type { InboundMessage, InboundResult, InboundStore } from '../../store/hearing/inboundStore';
import { createFirstPosts } from './firstPosts';
import type { HearingWatch } from './hearingWatch';

/** A text as Plivo posts it, numbers in E.164 form where they are phone numbers. */
export type ReceivedText = Pick<InboundMessage, 'messageUuid' | 'from' | 'to' | 'text' | 'intent' | 'signatures'>;

/** What we answer, each null for nothing. */
export type KeywordReplies = Readonly<Record<Keyword, string | null>>;

export type InboundService = {
  /**
   * Keeps the text and does what it says; a START only where it `mayOptIn`. Returns what to answer the person, null for
   * nothing; all is committed by then.
   *
   * @throws ServiceError `bad_signature` when another text was signed so before; `overloaded` when so many are being kept already
   * that what sends would have to wait for them
   */
  receive(text: ReceivedText, allowed: { readonly mayOptIn: boolean }): Promise<string | null>;
};

export type InboundServiceDeps = {
  readonly inbound: Pick<InboundStore, 'keep'>;
  readonly readReply: (text: string) => Reading;
  /** The one spelling of a phone. */
  readonly numbers: Pick<NumberReading, 'canonicalOf'>;
  readonly replies: KeywordReplies;
  readonly hearing: Pick<HearingWatch, 'missed' | 'deafTimes'>;
  readonly timers: Pick<Timers, 'monotonicMs'>;
  readonly logger: Logger;
};

/** Plivo's `MessageIntent` (Plivo docs: "Handling incoming messages"). */
const BY_INTENT: Readonly<Record<string, Keyword>> = { optout: 'optOut', help: 'help' };

/**
 * Each is a transaction of its own: two cores keep 1,000 a second on either engine, and Plivo waits eight seconds for an
 * answer. What comes beyond would time out; so Plivo posts it again a minute later, and it keeps its place.
 */
const MOST_BEING_KEPT = 5000;

const overloaded = () => new ServiceError('overloaded', 'Too many texts wait to be stored.', { retryAfterSeconds: 10 });

export function createInboundService(deps: InboundServiceDeps): InboundService {
  const { inbound, readReply, numbers, replies, hearing, timers, logger } = deps;
  const firstPosts = createFirstPosts(timers);
  let beingKept = 0;

  /** Where it cannot be kept, Plivo posts it again: when it came in first is then remembered, by us and for others. */
  async function keep(message: InboundMessage): Promise<InboundResult> {
    const { messageUuid } = message;
    const arrivedAt = firstPosts.of(messageUuid) ?? timers.monotonicMs();
    const arrivedMsAgo = () => timers.monotonicMs() - arrivedAt;
    beingKept++;
    try {
      if (beingKept > MOST_BEING_KEPT) throw overloaded();
      return await inbound.keep(message, { arrivedMsAgo, deafTimes: hearing.deafTimes });
    } catch (error) {
      firstPosts.remember(messageUuid, arrivedAt);
      hearing.missed(arrivedAt);
      throw error;
    } finally {
      beingKept--;
    }
  }

  return {
    async receive(posted, { mayOptIn }) {
      const text = { ...posted, from: numbers.canonicalOf(posted.from) };
      const wish = asked(text, readReply);
      const isPassedOver = wish.keyword === 'optIn' && !mayOptIn;
      if (isPassedOver)
        logger.warn(
          'A START came to the plain inbound address and was not acted on: give Plivo the one of GET /account',
        );
      const result = await keep({ ...text, ...(isPassedOver ? { keyword: null } : wish) });
      if (result.kind === 'forged')
        throw new ServiceError('bad_signature', 'The signature was used before, for another text.');
      if (result.kind === 'repeated') {
        logger.info('A text came in again');
        return null;
      }
      const { keyword, changed, needsReview, waiting } = result;
      logger.info('A text came in', { keyword, changed, needsReview });
      if (needsReview) logger.info('A reply waits for a person to read it', { waiting });
      if (needsReview && keyword === 'optIn')
        logger.warn('A START may be older than the STOP before it: it waits for a review');
      // Plivo answers by itself what it recognised, and posts again what was answered too late: one answer is enough.
      if (keyword === null || text.intent !== null) return null;
      return keyword === 'help' || changed ? replies[keyword] : null;
    },
  };
}

type Asked = Pick<InboundMessage, 'keyword' | 'isDoubtful' | 'onlyAfterStop'>;

/**
 * The person's own words, then what Plivo read out of them. Plivo's word alone opts somebody out, which is the safe side,
 * but never in again: that takes the person's own START.
 */
function asked({ from, text, intent }: ReceivedText, readReply: (text: string) => Reading): Asked {
  // A short code is a machine's.
  if (!from.startsWith('+')) return { keyword: null };
  const plivos = intent !== null && Object.hasOwn(BY_INTENT, intent) ? (BY_INTENT[intent] ?? null) : null;
  if (plivos === 'optOut') return { keyword: 'optOut' };
  const own = readReply(text);
  if (own === 'yes') return { keyword: 'optIn', onlyAfterStop: true };
  return own === 'doubtful' ? { keyword: plivos, isDoubtful: true } : { keyword: own ?? plivos };
}
