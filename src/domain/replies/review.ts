/** What a person makes of a reply that may be a wish to stop. */
export const REVIEW_DECISIONS = ['optOut', 'nothing'] as const;
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number];
