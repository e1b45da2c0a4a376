import { unguarded } from '../../domain/columns/csvFormula';
import { placesOfFields, type FieldPlaces } from '../../domain/lists/fieldNames';
import type { NumberColumn } from '../../domain/columns/numberColumn';
import type { FieldValues } from '../../domain/lists/recipientList';
import { fileFault } from '../formats/fileFault';

/** The fields of a message, none where there is none; `all` for whatever columns have a name. */
export type WantedFields = readonly string[] | 'all';

/**
 * The columns that hold the values of these fields.
 *
 * @throws ServiceError `invalid_request` where two columns may be meant
 */
export function fieldColumnsOf({ names, column }: NumberColumn, fields: WantedFields): FieldPlaces {
  if (fields === 'all') return names.flatMap((name, place) => (name === '' || place === column ? [] : [place]));
  const { places, ambiguous } = placesOfFields(fields, names);
  if (ambiguous !== null)
    throw fileFault(`has more than one column that {{${ambiguous}}} in the message may mean; rename or remove one`);
  return places;
}

/** What stands in those columns of a row. */
export const valuesIn = (cells: readonly (string | undefined)[], columns: FieldPlaces): FieldValues =>
  columns.map((column) => (column === null ? null : valueIn(cells[column])));

const valueIn = (cell: string | undefined): string | null => (cell === undefined ? null : unguarded(cell));
