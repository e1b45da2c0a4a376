const { writeSync } = require('node:fs');
const process = require('node:process');

/** Closes a run with what a reader, or a script, looks for: whether PostgreSQL was tested, and the counts in one line. */
module.exports = class ClosingLinesReporter {
  constructor(_globalConfig, options) {
    this.testsPostgres = options.postgres;
    // Jest runs its own summary after every other reporter; only at the exit is the last word ours. At once: Jest has
    // stopped the stream by then.
    process.once('exit', () => writeSync(1, this.closingLines ?? ''));
  }

  onRunComplete(_contexts, results) {
    // A file that cannot even be loaded, or leaves something open, has no failed test, and must not look like a success.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    const postgres = this.testsPostgres
      ? ''
      : 'PostgreSQL suites skipped: DATABASE_URL names no postgres:// server; the same suites ran on SQLite.\n';
    this.closingLines = `\n${postgres}${counts.join(', ')}\n`;
  }
};
