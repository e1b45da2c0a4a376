/** 2500 as "2,500". */
export const inGroups = (count: number): string => count.toLocaleString('en-US');
