/** Who put a number on the opt-out list: the person by a keyword, Plivo (error 200), a caller of the API, or an import. */
export const OPT_OUT_SOURCES = ['keyword', 'plivo', 'api', 'import'] as const;
export type OptOutSource = (typeof OPT_OUT_SOURCES)[number];

export const OPT_OUT_EVENTS = ['opted_out', 'opted_in'] as const;
export type OptOutEvent = (typeof OPT_OUT_EVENTS)[number];

/** Whose word outweighs whose: the person's own, directly or through Plivo, then a caller's, then a list that was imported. */
const WEIGHT: Readonly<Record<OptOutSource, number>> = { keyword: 2, plivo: 2, api: 1, import: 0 };

/**
 * Sources whose entries give way to this one: it takes their place, so that undoing an import never brings back someone
 * who has opted out otherwise since.
 */
export const weakerThan = (source: OptOutSource): OptOutSource[] =>
  OPT_OUT_SOURCES.filter((other) => WEIGHT[other] < WEIGHT[source]);

/** By what the opt-out of somebody who was erased is known. */
export const OPT_OUT_KEPT_AS = ['number', 'hash'] as const;
export type OptOutKeptAs = (typeof OPT_OUT_KEPT_AS)[number];
