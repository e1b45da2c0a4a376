import { compilePhrases } from './phrases';
import type { Work } from './work';

/** How a sentence begins that says why somebody wants no more texts, or threatens; how it goes on need not be understood. */
const BEGINNINGS = [
  'or (else|ill|i will|im|i am|my lawyer|my attorney|we will|i)',
  '(because|bc|cuz|cause|since|but) (i|im|you|its|this is|we|my) (am|do|dont|have|never|did|didnt|is|not|moved|sold|a|the|no)',
  '[because|and|but] i (do not|dont) [even|really] (know|want|need|live|work|care|remember|wish|own|recall|have an account|have any interest)',
  '[because|and|but] (i|we) (did not|didnt|never) (sign|signed|ask|asked|subscribe|subscribed|give|gave|want|wanted|agree|agreed|consent|consented|opt|opted|request|requested|authorize|authorized|order|ordered)',
  '[because|and|but] i (no longer|already|moved|sold|told|said|asked)',
  'i have (asked|told|said|moved|sold|already|no idea|no interest|never)',
  '[because|and|but] (i am|im) (not interested|not your|not the|not that|not living|not a customer|not a client|not a member|not a patient|sick of|tired of|done with|no longer)',
  'ive (asked|told|said|moved|already|never)',
  '(ill|i will) (report|sue|block|file)',
  '(we) (do not|dont) (know|want|need|live)',
  '(we) (moved|have moved|sold)',
  'you (have the wrong|got the wrong|have been|have no right|have no permission|have no consent)',
  '(this is|it is|its|this isnt|this is not|it was) [a|an|the|my|not|so] (wrong|harassment|spam|illegal|my number|business|work phone|private number|landline|annoying|too much)',
  '(not interested|nobody here|no one here|wrong number|wrong person|too many texts|too many messages)',
  '(these|your) (texts|messages) (are)',
  '(they are|theyre) annoying',
];

const beginning = compilePhrases(BEGINNINGS);

export const isReason = (words: string, at: number, work: Work): boolean =>
  beginning(words, at, work) !== null || STOP_IT.has(words.slice(at));

const STOP_IT: ReadonlySet<string> = new Set(['stop it ', 'stop this ', 'stop that ']);
