/** What the service answers, as far as it is shown. The whole of it stands in openapi.yaml. */

export type BroadcastStatus =
  | 'awaiting_approval'
  | 'scheduled'
  | 'queued'
  | 'processing'
  | 'paused'
  | 'completed'
  | 'partially_failed'
  | 'failed'
  | 'cancelled';

export type BatchStatus = 'pending' | 'sending' | 'sent' | 'unconfirmed' | 'held' | 'failed' | 'cancelled';

export type PersonStatus =
  'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'invalid' | 'optedOut' | 'cancelled' | 'unknown';

export type Money = { readonly amount: string; readonly currency: string; readonly carrierFees?: string };

export type Page<T> = { readonly data: readonly T[]; readonly next: string | null };

export type Counts = {
  readonly submitted: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly invalid: number;
  readonly optedOut: number;
  readonly excepted?: number;
};

export type BroadcastError = {
  readonly code: string;
  readonly message: string;
  readonly since?: string;
  readonly batch?: number;
  readonly recipients?: number;
};

export type Canary = {
  readonly state: 'sending' | 'waiting' | 'passed' | 'stopped' | 'released' | 'unneeded';
  readonly picked: number;
  readonly reported: number;
  readonly failed: number;
  readonly judgedAt: string | null;
};

export type Approval = {
  readonly state: string;
  readonly digest: string;
  readonly expiresAt: string | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
};

export type Broadcast = {
  readonly id: string;
  readonly status: BroadcastStatus;
  readonly name: string | null;
  readonly text: string | null;
  readonly topic: string | null;
  readonly createdAt: string;
  readonly sendAt: string | null;
  readonly sendAtLocal: string | null;
  readonly test: boolean;
  readonly retryOf: string | null;
  readonly processedAt: string | null;
  readonly expectedFinishAt: string | null;
  readonly quietHours: string | null;
  readonly canary: Canary | null;
  readonly approval?: Approval | null;
  readonly sender: string | null;
  readonly template: { readonly name: string; readonly version: number } | null;
  readonly lists: readonly string[];
  readonly exceptLists: readonly string[];
  readonly recipients: Counts;
  readonly batches: Readonly<Record<BatchStatus | 'total', number>>;
  readonly delivery: Readonly<Record<PersonStatus, number>>;
  readonly texts?: { readonly distinct: number };
  readonly segments: {
    readonly encoding: 'GSM-7' | 'UCS-2';
    readonly perMessage?: number;
    readonly min?: number;
    readonly max?: number;
    readonly total: number;
  };
  readonly cost: {
    readonly estimated: Money | null;
    readonly reported: { readonly units: number; readonly amount: string };
  };
  readonly countries: readonly {
    readonly country: string;
    readonly recipients: number;
    readonly segments: number;
    readonly estimatedCost: string | null;
    readonly units: number;
    readonly cost: string;
  }[];
  readonly errors: readonly BroadcastError[];
};

/** What a stream of events tells, one at a time. */
export type Told =
  | { readonly event: 'progress'; readonly data: Broadcast }
  | { readonly event: 'end'; readonly data: Pick<Broadcast, 'id' | 'status'> }
  | { readonly event: 'fault'; readonly data: { readonly fault: object | null } }
  | { readonly event: 'review'; readonly data: { readonly waiting: number } };

export type PersonRow = {
  readonly recipient: string;
  readonly status: PersonStatus;
  readonly errorCode: string | null;
  readonly errorReason: string | null;
  readonly cost: string | null;
  readonly batch: number | null;
  readonly updatedAt: string;
  readonly text?: string;
  readonly optedOutAt: string | null;
};

export type Batch = {
  readonly number: number;
  readonly size: number;
  readonly status: BatchStatus;
  readonly attempts: number;
  readonly lastError: { readonly code: string; readonly plivoStatus: number | null; readonly message: string } | null;
  readonly sender: string | null;
  readonly notBefore: string | null;
  readonly claimedAt: string | null;
  readonly updatedAt: string;
};

export type SomebodysText = { readonly text: string; readonly segments: number; readonly recipient: string };

export type Preview = {
  readonly recipients: Counts;
  readonly invalidRecipients: readonly {
    readonly index: number;
    readonly line?: number;
    readonly list?: string;
    readonly value: string;
    readonly reason: string;
  }[];
  readonly texts?: {
    readonly distinct: number;
    readonly shortest: SomebodysText;
    readonly longest: SomebodysText;
    readonly dearest: SomebodysText;
  };
  readonly segments: {
    readonly encoding: 'GSM-7' | 'UCS-2';
    readonly characters?: number;
    readonly perMessage?: number;
    readonly min?: number;
    readonly max?: number;
    readonly total: number;
    readonly forcingUcs2: readonly {
      readonly character: string;
      readonly index: number;
      readonly standIn: string | null;
    }[];
  };
  readonly countries: readonly {
    readonly country: string;
    readonly recipients: number;
    readonly segments: number;
    readonly cost: string | null;
  }[];
  readonly cost: Money | null;
  readonly balance: { readonly amount: string | null; readonly currency: string; readonly isEnough: boolean | null };
  readonly quietHours: { readonly heldRecipients: number; readonly lastOpening: string } | null;
  readonly leftOut: { readonly duplicateText: number; readonly topic: number; readonly cap: number } | null;
  readonly batches: number;
  readonly expectedSeconds: number;
  readonly refusals: readonly string[];
  readonly digest: string;
  readonly source: { readonly column: string | null } | null;
};

export type OptOutChange = {
  readonly event: 'opted_out' | 'opted_in';
  readonly source: 'keyword' | 'plivo' | 'api' | 'import';
  readonly note: string | null;
  readonly at: string;
};

export type OptOut = {
  readonly number: string;
  readonly source: OptOutChange['source'];
  readonly optedOutAt: string;
  readonly history: readonly OptOutChange[];
};

export type Reply = {
  readonly messageUuid: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly keyword: 'optOut' | 'optIn' | 'help' | null;
  readonly needsReview: boolean;
  readonly reviewed: { readonly as: 'optOut' | 'nothing'; readonly at: string } | null;
  readonly receivedAt: string;
};

export type Participation = PersonRow & {
  readonly broadcastId: string;
  readonly name: string | null;
  readonly createdAt: string;
  readonly test: boolean;
};

export type Person = {
  readonly recipient: string;
  readonly optedOut: boolean;
  readonly optOut: OptOut | null;
  readonly history: readonly OptOutChange[];
  readonly inbound: readonly Reply[];
  readonly broadcasts: readonly Participation[];
  readonly next: string | null;
};

export type List = {
  readonly name: string;
  readonly recipients: number;
  readonly fields: readonly string[];
  readonly updatedAt: string;
};

export type Template = {
  readonly name: string;
  readonly version: number;
  readonly latestVersion: number;
  readonly message: string;
  readonly createdAt: string;
};

export type Account = {
  readonly balance: {
    readonly amount: string | null;
    readonly currency: string;
    readonly readAt: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  };
  readonly reserve: { readonly minimum: string; readonly handedOver: string; readonly currency: string } | null;
  readonly faults: readonly {
    readonly concerns: 'dispatch' | 'messageList';
    readonly code: string;
    readonly message: string;
    readonly since: string;
    readonly retryAt: string | null;
  }[];
  readonly pace: {
    readonly segmentsPerSecond: number | null;
    readonly callsAtOnce: number;
    readonly recipientsPerCall: number;
    readonly batchDelayMs: number;
  };
  readonly queue: {
    readonly broadcasts: number;
    readonly calls: number;
    readonly segments: number;
    readonly plivoBusyUntil: string | null;
  };
  readonly senders: readonly {
    readonly sender: string;
    readonly numbersBeginning: readonly string[];
    readonly segmentsPerSecond: number | null;
    readonly segmentsWaiting: number;
  }[];
  readonly inboundUrl: string | null;
};

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** One thing that another program is told. */
export type Delivery = {
  readonly id: string;
  readonly event: string;
  readonly url: string;
  readonly status: DeliveryStatus;
  readonly broadcastId: string | null;
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly errorReason: string | null;
  readonly attempts: readonly {
    readonly at: string;
    readonly status: number | null;
    readonly error: string | null;
    readonly durationMs: number;
  }[];
};

export type DeliveryPage = Page<Delivery> & {
  readonly failingAddresses: readonly {
    readonly url: string;
    readonly failingSince: string;
    readonly putAsideAt: string | null;
  }[];
};

export type Scope = 'send' | 'read' | 'manage' | 'approve';

/** Who is signed in, and what they may do. */
export type Self = {
  readonly kind: 'api_key' | 'key' | 'token' | 'none';
  readonly id: string | null;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  readonly ownOnly: boolean;
  readonly dailyRecipients: number | null;
};

export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly prefix: string;
  readonly ownOnly: boolean;
  readonly dailyRecipients: number | null;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly lastUsedAt: string | null;
  readonly previousUntil: string | null;
};

/** A key with what opens the door, which is answered once. */
export type ShownKey = ApiKey & { readonly key: string };

export type AuditEntry = {
  readonly at: string;
  readonly who: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly address: string | null;
};
