import type { PlivoConfig } from '../../../config/plivoConfig';
import type {
  AccountOutcome,
  ApplicationOutcome,
  ClockOutcome,
  NumberOutcome,
} from '../../services/plivo/plivoService';
import type { SchemaStanding } from '../../store/engine/migrations';

/** Everything that was heard, for the judges to make lines of. */
export type Facts = {
  readonly config: PlivoConfig;
  readonly database: DatabaseFacts;
  readonly account: AccountOutcome;
  readonly clock: ClockFacts;
  readonly senders: readonly SenderFacts[];
  readonly inbound: InboundAddress;
  /** Null without a public address. */
  readonly reach: ReachFacts | null;
  readonly signatures: SignatureFacts | null;
};

export type DatabaseFacts =
  | { readonly kind: 'open'; readonly engine: string; readonly schema: SchemaStanding }
  /** No file, or no tables: as before the first start. */
  | { readonly kind: 'new'; readonly what: string }
  | { readonly kind: 'failed'; readonly why: string };

/** `now` is ours at the middle of the call. */
export type ClockFacts = { readonly outcome: ClockOutcome; readonly now: number };

export type SenderFacts = {
  readonly sender: string;
  readonly kind: SenderKind;
  /** Null where it is no number. */
  readonly number: NumberOutcome | null;
  /** ISO 3166, of a number. */
  readonly country: string | null;
  /** Null where the number leads to none. */
  readonly application: ApplicationOutcome | null;
};

export type SenderKind = 'number' | 'shortCode' | 'alphanumeric' | 'powerpack';

/** `urls` is what Plivo may have been given; the first is the one to show. */
export type InboundAddress =
  | { readonly kind: 'known'; readonly urls: readonly string[]; readonly plainUrls: readonly string[] }
  | { readonly kind: 'noPublicUrl' }
  | { readonly kind: 'notMadeYet' };

/** What an address of ours answered; `problem` is the code of its problem details, where it has some. */
export type WebAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly isLive: boolean;
      readonly problem: string | null;
      readonly location: string | null;
    }
  | { readonly kind: 'silent'; readonly why: string };

export type ReachFacts = {
  readonly url: string;
  /** Where it leads inside a network only; null where it does not, or where its name is not known. */
  readonly privateAddress: string | null;
  /** Plivo is inside a network itself: a simulator. */
  readonly isPlivoPrivate: boolean;
  readonly live: WebAnswer;
};

/** The same report with a good signature and with a wrong one. */
export type SignatureFacts = { readonly signed: WebAnswer; readonly forged: WebAnswer };
