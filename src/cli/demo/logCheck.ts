/** What a log must not hold. */
export type Private = {
  readonly text: string;
  readonly numbers: readonly string[];
  readonly secrets: readonly string[];
};

/** Names the kinds of private things that stand in a log; never the things. */
export function leaks(log: string, { text, numbers, secrets }: Private): string[] {
  const holds = (word: string) => word !== '' && log.includes(word);
  return [
    ...(numbers.some((number) => holds(number.slice(1))) ? ['a phone number'] : []),
    ...(holds(text) ? ['the text'] : []),
    ...(secrets.some(holds) ? ['a key or token'] : []),
  ];
}
