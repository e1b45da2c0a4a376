const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that wait more than they work: for back-offs, looks at Plivo's list, leases. */
const WAITS = /\/test\/recovery\//;

/**
 * Those that wait come first, so that the others fill their pauses; last they would keep the run open by themselves.
 * Jest knows how long a suite takes only where it ran before, which it never did on a fresh clone.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const waits = ({ path }) => (WAITS.test(path) ? 1 : 0);
    return super.sort(tests).sort((one, other) => waits(other) - waits(one));
  }
};
