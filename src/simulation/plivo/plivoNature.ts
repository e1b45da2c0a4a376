/** How this world's Plivo is, for all of its time. */
export type PlivoNature = {
  /** Its clock against true time. */
  readonly clockOffsetMs: number;
  /** Digits of those whom it calls invalid. */
  readonly invalidPeople: ReadonlySet<string>;
  readonly invalidAs: 'text' | 'number';
  /** Who makes it refuse whatever holds them, and how. */
  readonly barredPeople: ReadonlyMap<string, '400' | '403'>;
  /** Of the messages, so many come to its list so much later. */
  readonly lag: { readonly ms: number; readonly share: number };
  readonly masksNumbers: boolean;
  readonly hasTotalCount: boolean;
  readonly replacedSenderShare: number;
  /** `+05:30` and the like, as it writes times. */
  readonly zoneMinutes: number;
};
