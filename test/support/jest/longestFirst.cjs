const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that wait more than they work: for back-offs, looks at Plivo's list, leases. */
const WAITS = /\/test\/(recovery|contract|examples)\//;

/**
 * Those that wait stand evenly between the others, which fill their pauses, and are through somewhat sooner: the last of them
 * would keep the run open by itself. Jest knows how long a suite takes only where it ran before, which it never did on a
 * fresh clone.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const waiting = sorted.filter(({ path }) => WAITS.test(path));
    const working = sorted.filter(({ path }) => !WAITS.test(path));
    const between = Math.floor((0.75 * working.length) / Math.max(1, waiting.length));
    return [...waiting.flatMap((one) => [one, ...working.splice(0, between)]), ...working];
  }
};
