const { randomBytes } = require('node:crypto');
const { env } = require('node:process');

/** What the workers of this run call the databases they make on a server; runEnd.cjs drops those. */
module.exports = function nameRun() {
  env.TEST_RUN = `broadcaster_test_${randomBytes(4).toString('hex')}`;
};
