import type { Fault } from './fault';

/** What somebody wants to be sent. Its text is like no other's, unless the settings keep people from getting one twice. */
export type PlannedBroadcast = {
  readonly text: string;
  /** Places in the plan's list of people. */
  readonly people: readonly number[];
  readonly submitAtMs: number;
  /** Null: an unlucky caller cannot know whether the request was heard, and leaves it. */
  readonly key: string | null;
  /** What the caller is willing to wait; null leaves it to the service. */
  readonly waitMs: number | null;
  /** After its submission; null for at once. */
  readonly sendInMs: number | null;
  /** After its submission the first of its people have the time at which each is to be texted; null where all go together. */
  readonly localInMs: number | null;
  /** Some who go first; null where nobody waits for others. */
  readonly canary: {
    readonly recipients: number;
    readonly waitSeconds: number;
    readonly maxFailureRate: number;
  } | null;
  /** Nobody is to get two texts of one topic. */
  readonly topic: string | null;
  /** Whom it comes from, in E.164 form; null leaves it to the service. */
  readonly sender: string | null;
  /** Into how many texts of their own its people are parted, by their places in the plan; 1 where all are told the same. */
  readonly wordings: number;
};

/** Somebody wants those texted anew whom a broadcast has not reached. */
export type PlannedRetry = {
  /** Its place in the plan. */
  readonly of: number;
  readonly atMs: number;
  /** As of a broadcast. */
  readonly key: string | null;
  readonly waitMs: number | null;
  readonly statuses: readonly ('undelivered' | 'failed')[];
};

/** Everything about a world but chance, which its seed gives. */
export type WorldPlan = {
  readonly seed: number;
  /** Processes on one store: one as on SQLite, or several as on PostgreSQL. */
  readonly owners: number;
  /** How much looks are put off in quiet times; see `Timeline`. */
  readonly stretch: number;
  readonly settings: PlannedSettings;
  /** In E.164 form. */
  readonly people: readonly string[];
  readonly broadcasts: readonly PlannedBroadcast[];
  readonly retries: readonly PlannedRetry[];
  readonly faults: readonly Fault[];
};

/** No other broadcast of the plan has its text, by which what becomes of it is found. */
export const isOnlyOne = ({ broadcasts }: WorldPlan, { text }: PlannedBroadcast): boolean =>
  broadcasts.filter((other) => other.text === text).length === 1;

export type PlannedSettings = {
  readonly batchSize: number;
  readonly batchDelayMs: number;
  readonly maxConcurrency: number;
  readonly timeoutMs: number;
  readonly reconcileAfterMs: number;
  readonly hasPublicUrl: boolean;
  readonly hasPowerpack: boolean;
  readonly reportAskAfterMs: number;
  readonly reportTimeoutMs: number;
  readonly broadcastWaitMs: number;
  readonly pauseAfterFailedBatches: number;
  /** 0 keeps nobody from getting the same text twice. */
  readonly duplicateWindowHours: number;
  /** `1/30m`: what MAX_TEXTS_PER_PERSON says; null where it is not set. */
  readonly textCaps: string | null;
  /** What PLIVO_SENDER_RATES says; null where it is not set. */
  readonly senderRates: string | null;
  readonly horizonSeconds: number;
  /** 0 keeps everything. */
  readonly retentionDays: number;
};
