const { writeSync } = require('node:fs');
const process = require('node:process');
const { setTimeout: sleepFor } = require('node:timers/promises');

/** What a test must not leave open. Pipes, processes and timers are Jest's own too. */
const FORGOTTEN = ['TCPServerWrap', 'TCPSocketWrap'];
const GRACE_MS = 3000;

/** Jest is told to exit (see jest.config.cjs), so that it would not notice itself. */
async function openHandles() {
  for (const until = Date.now() + GRACE_MS; ;) {
    const open = process.getActiveResourcesInfo().filter((name) => FORGOTTEN.includes(name));
    if (open.length === 0 || Date.now() > until) return open;
    await sleepFor(50);
  }
}

/** Closes a run with what a reader, or a script, looks for: whether PostgreSQL was tested, and the counts in one line. */
module.exports = class ClosingLinesReporter {
  constructor(_globalConfig, options) {
    this.testsPostgres = options.postgres;
    // Jest runs its own summary after every other reporter; only at the exit is the last word ours.
    process.once('exit', () => {
      // At once: Jest has stopped the stream by then.
      writeSync(1, this.closingLines ?? '');
      // Here, as Jest ends with a code of its own.
      if (this.leavesOpen) process.exitCode = 1;
    });
  }

  async onRunComplete(_contexts, results) {
    const open = await openHandles();
    this.leavesOpen = open.length > 0;
    // A file that cannot even be loaded has no failed test, and must not look like a success.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    const postgres = this.testsPostgres
      ? ''
      : 'PostgreSQL suites skipped: DATABASE_URL names no postgres:// server; the same suites ran on SQLite.\n';
    const forgotten = open.length === 0 ? '' : `Left open, which fails the run: ${open.join(', ')}\n`;
    this.closingLines = `\n${postgres}${forgotten}${counts.join(', ')}\n`;
  }
};
