import { createNumberReading } from '../domain/numbers/phoneNumber';
import { loadCountries } from '../services/numbers/countryTable';
import { loadNumberingPlan } from '../services/numbers/numberingPlan';
import { onFirstUse } from '../domain/onFirstUse';

export const theCountries = onFirstUse(loadCountries);

/** The one way in which numbers are read. */
export const theNumbers = onFirstUse(() => createNumberReading(loadNumberingPlan()));
