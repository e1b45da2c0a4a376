import type { RentedNumber } from '../../../services/plivo/plivoNumber';
import { green, red, skipped, unknown, type Check } from '../check';
import type { InboundAddress, SenderFacts } from '../facts';
import { judgeReplies } from './judgeReplies';
import { whyNotAsked } from './refused';

/** What Plivo has no question for that this command knows. */
const NOT_TOLD = {
  alphanumeric: 'an alphanumeric sender: Plivo has no way to ask whether the account may use it',
  shortCode: 'a short code: whether the account has it is not asked',
  powerpack: 'a Powerpack: whether the account has it, and its numbers, are not asked',
};

/** Whether the account has it, whether it is registered as carriers want, and where its replies go. */
export function judgeSender(facts: SenderFacts, inbound: InboundAddress): Check[] {
  const { sender, kind, number } = facts;
  if (kind !== 'number')
    return [skipped(`sender ${sender}`, NOT_TOLD[kind], 'Look it up in the Plivo console, Messaging.')];
  if (number?.kind !== 'number') return [judgeMissing(sender, number)];
  return [
    judgeOwned(sender, number.number),
    judgeRegistration(sender, number.number, facts.country),
    judgeReplies(facts, number.number, inbound),
  ];
}

function judgeMissing(sender: string, outcome: Exclude<SenderFacts['number'], { kind: 'number' }>): Check {
  const name = `sender ${sender}`;
  if (outcome?.status === 404)
    return red(
      name,
      'is no number of the account',
      'Rent it in the Plivo console, Phone Numbers, or set PLIVO_SENDER_ID or PLIVO_SENDERS to one that the account has.',
    );
  return unknown(name, ...whyNotAsked(outcome ?? { reason: 'Nobody was asked.' }));
}

function judgeOwned(sender: string, { smsEnabled }: RentedNumber): Check {
  const name = `sender ${sender}`;
  if (smsEnabled === false)
    return red(name, 'is a number of the account, but cannot text', 'Take a number of the account that has SMS.');
  if (smsEnabled === null)
    return unknown(
      name,
      'is a number of the account; Plivo does not say whether it can text',
      'See in the Plivo console, Phone Numbers, whether it has SMS.',
    );
  return green(name, 'is a number of the account, and can text');
}

const STATES: Readonly<Record<string, 'done' | 'under way' | 'not done'>> = {
  COMPLETED: 'done',
  PROCESSING: 'under way',
  UNREGISTERED: 'not done',
  VERIFIED: 'done',
  PENDING_VERIFICATION: 'under way',
  UNVERIFIED: 'not done',
};

function judgeRegistration(sender: string, { tollFree, tenDlc }: RentedNumber, country: string | null): Check {
  const name = `registration of ${sender}`;
  const kind = tollFree === null ? '10DLC' : 'toll-free';
  const word = tollFree ?? tenDlc;
  const place = 'in the Plivo console, Messaging';
  if (word === null)
    return country === 'US'
      ? unknown(name, 'Plivo tells nothing of 10DLC or toll-free', `See ${place}, how it is registered.`)
      : skipped(name, 'nothing is told: 10DLC and toll-free verification are for numbers of the USA');
  const state = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  if (state === 'done') return green(name, `${kind}: ${word}`);
  if (state === undefined)
    return unknown(
      name,
      `${kind}: Plivo says a word that is not known (${word.replace(/\W/g, ' ').slice(0, 40)})`,
      `See ${place}, what it means.`,
    );
  return red(
    name,
    `${kind}: ${word}, which carriers of the USA block or slow down`,
    state === 'under way'
      ? `Wait for it, or see ${place}, what it waits for.`
      : `Register it ${place}: ${kind === '10DLC' ? 'link it to a 10DLC campaign' : 'have the number verified'}.`,
  );
}
