import { english } from './english';

/** What is said to the reader. A further language would be chosen here, by `navigator.languages`. */
export const t = english;
