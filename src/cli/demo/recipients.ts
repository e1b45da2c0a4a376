/** Who the demo texts: example numbers only, which are given to nobody. */
export type DemoRecipients = {
  /** 2,500 people. */
  readonly distinct: readonly string[];
  /** The same with three of them listed twice, as lists of real life have it. */
  readonly submitted: readonly string[];
  /** Of the 2,500: those that the simulated Plivo takes for invalid. */
  readonly invalidAtPlivo: readonly string[];
};

export const DEMO_SENDER = '+14155550100';

/** 2,000 numbers from +1 415 555 1000 on and 500 from +44 7700 900000 on. */
export function demoRecipients(): DemoRecipients {
  const distinct = [...range('+1415', 5_551_000, 2000), ...range('+447700', 900_000, 500)];
  return {
    distinct,
    submitted: [...distinct, ...distinct.slice(0, 3)],
    invalidAtPlivo: [200, 700, 1200, 1700, 2200].map((index) => distinct[index] ?? ''),
  };
}

const range = (prefix: string, from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${from + index}`);
