import { green, red, skipped, type Check } from '../check';
import type { DatabaseFacts } from '../facts';

const NAME = 'database';

export function judgeDatabase(facts: DatabaseFacts): Check {
  if (facts.kind === 'failed')
    return red(
      NAME,
      `cannot be read: ${facts.why}`,
      'Check DATABASE_URL, whether the server runs and can be reached from here, and who may read the file.',
    );
  if (facts.kind === 'new') return skipped(NAME, `${facts.what}; the first start of the service makes what it needs`);
  const { missing, foreign } = facts.schema;
  if (foreign.length > 0)
    return red(
      NAME,
      `${facts.engine}; its schema is of a newer version (${foreign[0]}), with which this one does not start`,
      'Run the newer version, or go back to the backup from before the upgrade.',
    );
  const note = missing === 0 ? 'its schema is of this version' : `the next start adds ${missing} steps to its schema`;
  return green(NAME, `${facts.engine}; ${note}`);
}
