import { number } from './format';

/** So many of something, in words. */
export const of = (count: number, one: string, many: string): string => `${number(count)} ${count === 1 ? one : many}`;
export const people = (count: number): string => of(count, 'person', 'people');
export const texts = (count: number): string => of(count, 'text', 'texts');
export const batches = (count: number): string => of(count, 'batch', 'batches');
