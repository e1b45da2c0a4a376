/** What is known of the numbers behind one calling code. National numbers are without calling code and trunk prefix. */
export type CallingCodePlan = {
  /** Bit n is set when a national number of n digits is possible; lengths used only inside a town do not count. */
  readonly lengths: number;
  /** Bit d is set when a national number may begin with the digit d. */
  readonly firstDigits: number;
  /** What is dialled before a national number at home, and often kept by mistake abroad: "0", "8", "06"; '' for none. */
  readonly trunk: string;
  /** See `CountryPlan`, of the code's main country. */
  readonly withoutTrunk: (digits: string) => string;
  /** Whether any country of the code has such national numbers. Stricter than length and first digit. */
  readonly has: (national: string) => boolean;
};

/** How numbers are written in one country. */
export type CountryPlan = {
  readonly callingCode: string;
  /** The number without what is dialled before it at home: the trunk prefix, a carrier's code, Argentina's 15. */
  readonly withoutTrunk: (digits: string) => string;
  /** The number without what is dialled there to call abroad; null where it does not begin so. */
  readonly withoutExit: (digits: string) => string | null;
  /** '' where there is none. */
  readonly trunk: string;
  /** Whether the country has such national numbers, of any kind or of mobiles. Stricter than length and first digit. */
  readonly has: (national: string) => boolean;
  readonly hasMobile: (national: string) => boolean;
};

export type NumberingPlan = {
  /** By calling code, 1 to 3 digits. */
  readonly codes: ReadonlyMap<string, CallingCodePlan>;
  /** By ISO 3166 code. */
  readonly countries: ReadonlyMap<string, CountryPlan>;
};

const LONGEST_CODE = 3;
/** ITU-T E.164: country code included. */
const MAX_DIGITS = 15;

/** The calling code that the digits begin with; null where there is none such. No code begins with another. */
export function callingCodeOf({ codes }: NumberingPlan, digits: string): string | null {
  for (let length = 1; length <= LONGEST_CODE; length++) {
    const code = digits.slice(0, length);
    if (codes.has(code)) return code;
  }
  return null;
}

/** North American area codes and exchanges begin with 2 to 9 (NANPA); 211 and 555 are numbers like others. */
const NORTH_AMERICA = '1';
const EXCHANGE_AT = 3;

/** Whether such a number is possible: by its length and first digit. Whether it is in use, only the carrier knows. */
export function isPossible(plan: NumberingPlan, code: string, national: string): boolean {
  const known = plan.codes.get(code);
  if (known === undefined || code.length + national.length > MAX_DIGITS) return false;
  if (!((known.lengths >>> national.length) & 1)) return false;
  if (!((known.firstDigits >>> Number(national[0])) & 1)) return false;
  return code !== NORTH_AMERICA || national.charAt(EXCHANGE_AT) >= '2';
}
