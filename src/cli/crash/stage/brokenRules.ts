import { openDatabaseToRead } from '../../../store/engine/database';
import { verifyDatabase } from '../../../store/upkeep/verifyStore';

/** `npm run verify` on a scratch database; returns the rules that do not hold. */
export async function brokenRules(url: string): Promise<string[]> {
  const database = openDatabaseToRead({ url });
  const rules: string[] = [];
  try {
    await verifyDatabase(database, { onFault: (subject, rule) => rules.push(`${subject}: ${rule}`) });
  } finally {
    await database.close();
  }
  return rules;
}
