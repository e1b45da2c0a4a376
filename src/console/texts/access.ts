import type { Scope, Self } from '../api/types';
import { batches, people } from './counted';

const verbs: Readonly<Record<Scope, string>> = { send: 'send', read: 'read', manage: 'manage', approve: 'approve' };
const all = new Intl.ListFormat('en', { type: 'conjunction' });

function verbsOf(scopes: readonly Scope[]): string {
  if (scopes.length === 0) return 'do nothing';
  if (Object.keys(verbs).every((scope) => scopes.some((one) => one === scope))) return 'do everything';
  return all.format(scopes.map((scope) => verbs[scope]));
}

/** What a key allows, in words. */
export const access = {
  scope: verbs,
  scopeHint: {
    send: 'Text people; pause, cancel and settle broadcasts',
    read: 'See everything but keys and changes',
    manage: 'Opt-outs, lists, templates, replies; keys and changes',
    approve: 'Let broadcasts of others go, or not',
  } satisfies Record<Scope, string>,
  signedInAs: 'Signed in as',
  mayDo: (scopes: readonly Scope[]) => `This key may ${verbsOf(scopes)}.`,
  limitsOf: ({ ownOnly, dailyRecipients }: Pick<Self, 'ownOnly' | 'dailyRecipients'>) =>
    [
      ownOnly && 'Sees only its own broadcasts.',
      dailyRecipients !== null && `Texts up to ${people(dailyRecipients)} a day.`,
    ]
      .filter((limit) => limit !== false)
      .join(' '),
  closed: 'Your key does not allow this',
  lacks: (needed: Scope, has: readonly Scope[]) =>
    `It takes a key that may ${verbs[needed]}. Yours may ${verbsOf(has)}.`,
  ownOnly: 'This tells of all broadcasts, and your key sees only its own.',
  needsApprover: 'It waits for somebody whose key may approve.',
  needsSender: 'Somebody whose key may send has to decide.',
  held: (count: number) => `${batches(count)} ${count === 1 ? 'needs' : 'need'} a decision`,
  heldBatch: 'Undecided',
  needsManager: 'Somebody whose key may manage has to answer this.',
};
