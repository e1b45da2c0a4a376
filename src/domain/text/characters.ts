/** By Unicode's rules for what a reader sees as one character (UAX #29). */
export const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * What a reader sees as one character each. The same as `graphemes.segment`, which takes a microsecond a character: only where one
 * may belong to its neighbour is it asked. A personal text is read twice for each of a million people.
 */
export function* charactersOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    let end = at + 1;
    while (end < text.length && !(standsAlone(text.charAt(end - 1)) && standsAlone(text.charAt(end)))) end++;
    if (end === at + 1) yield text.charAt(at);
    else for (const { segment } of graphemes.segment(text.slice(at, end))) yield segment;
    at = end;
  }
}

/** Of UTF-16 code units, so there are 65,536 at most. */
const aloneByUnit = new Map<string, boolean>();

/** Whether a code unit is a character by itself beside any other such one: no half, no accent, no letter that is joined. */
function standsAlone(unit: string): boolean {
  let alone = aloneByUnit.get(unit);
  if (alone === undefined) {
    const joins = (pair: string) => [...graphemes.segment(pair)].length < 2;
    alone = unit !== '\r' && !/\p{Cs}/u.test(unit) && !joins(`a${unit}`) && !joins(`${unit}a`) && !joins(unit + unit);
    aloneByUnit.set(unit, alone);
  }
  return alone;
}
