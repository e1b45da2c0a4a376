import { green, type Check } from '../check';
import type { Facts } from '../facts';
import { judgeBalance, judgeCredentials } from './judgeAccount';
import { judgeClock } from './judgeClock';
import { judgeDatabase } from './judgeDatabase';
import { judgeInbound, judgeReach, judgeSignatures } from './judgePublicUrl';
import { judgeSender } from './judgeSender';

/** The lines of the report, in their order. */
export const judgeAll = (facts: Facts): Check[] => [
  green('configuration', 'no faults'),
  judgeDatabase(facts.database),
  judgeCredentials(facts.account, facts.config.apiUrl),
  judgeBalance(facts.account, facts.config.minBalance),
  ...facts.senders.flatMap((sender) => judgeSender(sender, facts.inbound)),
  judgeInbound(facts.inbound),
  judgeReach(facts.reach, facts.signatures),
  judgeSignatures(facts.signatures),
  judgeClock(facts.clock),
];
