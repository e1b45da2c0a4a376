/** What is left of what other programs were told of somebody who was erased. */
export const withoutPerson = (payload: string): string =>
  JSON.stringify({ ...(JSON.parse(payload) as object), data: { recipient: 'erased' } });
