import { plainName } from '../columns/columnNames';

/** By the fields of a message, in their order: the place of the one that is meant among `names`; null where there is none. */
export type FieldPlaces = readonly (number | null)[];

/**
 * Finds the columns, or keys, that a message's fields mean: called so to the letter, else but for case, accents and blanks.
 * `ambiguous`: the field for which several could be meant.
 */
export function placesOfFields(
  fields: readonly string[],
  names: readonly string[],
): { readonly places: FieldPlaces; readonly ambiguous: string | null } {
  let ambiguous: string | null = null;
  const placesOf = (fits: (name: string) => boolean) =>
    names.flatMap((name, place) => (fits(name.trim()) ? [place] : []));
  const places = fields.map((field) => {
    const exact = placesOf((name) => name === field);
    const plain = plainName(field);
    const found = exact.length > 0 || plain === '' ? exact : placesOf((name) => plainName(name) === plain);
    if (found.length > 1) ambiguous = field;
    return found[0] ?? null;
  });
  return { places, ambiguous };
}
