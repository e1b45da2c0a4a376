/** The part of a broadcast's representation that the commands read. */
export type BroadcastStatus = {
  readonly id: string;
  readonly status: string;
  readonly recipients: Readonly<Record<'submitted' | 'accepted' | 'duplicates' | 'invalid' | 'optedOut', number>>;
  readonly batches: Readonly<Record<'total' | 'pending' | 'sending' | 'sent' | 'unconfirmed' | 'failed', number>>;
  readonly delivery: Readonly<
    Record<
      'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'invalid' | 'optedOut' | 'cancelled' | 'unknown',
      number
    >
  >;
  readonly errors: readonly { readonly message: string }[];
};

/** People of whom nothing more is to be expected. */
export const settledCount = ({ delivery }: BroadcastStatus): number =>
  delivery.delivered +
  delivery.undelivered +
  delivery.failed +
  delivery.invalid +
  delivery.optedOut +
  delivery.cancelled;

/** Everybody the counters know; never anything but submitted less duplicates. */
export const knownCount = (broadcast: BroadcastStatus): number =>
  Object.values(broadcast.delivery).reduce((sum, count) => sum + count, 0);
