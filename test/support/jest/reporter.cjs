const { writeSync } = require('node:fs');
const process = require('node:process');
const { setTimeout } = require('node:timers');

/** A run of a single suite has no worker that could be ended with all that the suite left. */
const ENDS_WITHIN_MS = 10_000;

/** In the titles of suites that were left out for lack of a program. */
const NOT_HERE = /\(not here: (.+)\)$/;

/** Closes a run with what a reader, or a script, looks for: whether PostgreSQL was tested, and the counts in one line. */
module.exports = class ClosingLinesReporter {
  constructor({ watch, watchAll }, options) {
    this.staysOpen = watch || watchAll;
    this.testsPostgres = options.postgres;
    this.lacksBrowser = options.lacksBrowser;
    // Jest runs its own summary after every other reporter; only at the exit is the last word ours. At once: Jest has
    // stopped the stream by then.
    process.once('exit', () => writeSync(1, this.closingLines ?? ''));
  }

  onRunComplete(_contexts, results) {
    // A file that cannot even be loaded, or leaves something open, has no failed test, and must not look like a success.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    this.close(results, failed);
    if (!this.staysOpen) setTimeout(() => this.endAsFailed(results, failed + 1), ENDS_WITHIN_MS).unref();
  }

  endAsFailed(results, failed) {
    this.close(results, failed, 'Something that was left open kept the run from its end: it fails.\n');
    process.exit(1);
  }

  close(results, failed, remark = '') {
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    if (this.lacksBrowser !== undefined) remark += `Browser tests skipped: ${this.lacksBrowser}.\n`;
    const lacking = programsNotHere(results);
    if (lacking.length > 0) remark += `Tests skipped, as these are not on this machine: ${lacking.join(', ')}.\n`;
    const postgres = this.testsPostgres
      ? ''
      : 'PostgreSQL suites skipped: DATABASE_URL names no postgres:// server; the same suites ran on SQLite.\n';
    this.closingLines = `\n${postgres}${remark}${counts.join(', ')}\n`;
  }
};

function programsNotHere({ testResults }) {
  const suites = testResults.flatMap(({ testResults: tests }) => tests.flatMap(({ ancestorTitles }) => ancestorTitles));
  const programs = suites.flatMap((title) => NOT_HERE.exec(title)?.[1].split(', ') ?? []);
  return [...new Set(programs)].sort();
}
