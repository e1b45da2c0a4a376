/** Who put a number on the opt-out list: the person by a keyword, Plivo (error 200), a caller of the API, or an import. */
export const OPT_OUT_SOURCES = ['keyword', 'plivo', 'api', 'import'] as const;
export type OptOutSource = (typeof OPT_OUT_SOURCES)[number];

export const OPT_OUT_EVENTS = ['opted_out', 'opted_in'] as const;
export type OptOutEvent = (typeof OPT_OUT_EVENTS)[number];

/**
 * The person's own word, directly or through Plivo, outweighs what others put on the list: such an entry takes the
 * place of theirs, so that undoing an import never brings back someone who said STOP.
 */
export const isOwnWord = (source: OptOutSource): boolean => source === 'keyword' || source === 'plivo';
