const asyncHooks = require('node:async_hooks');
const process = require('node:process');
const { setTimeout: sleepFor } = require('node:timers/promises');
const { ModuleMocker } = require('jest-mock');

/** What a suite must not leave open. Pipes, processes and timers are Jest's own too. */
const SOCKETS = ['TCPServerWrap', 'TCPSocketWrap'];
const GRACE_MS = 3000;

/** What Jest replaces for each suite, each time around what it finds. */
const REPLACED_BY_JEST = [
  [globalThis, 'console'],
  ...['exit', 'getBuiltinModule', 'cwd', 'chdir'].map((key) => [process, key]),
];

const openSockets = () => process.getActiveResourcesInfo().filter((name) => SOCKETS.includes(name));

/**
 * What every suite runs in: Node's own realm (suiteRuntime.cjs says why), which it leaves as it found it. It fails a suite
 * that leaves sockets open: only the worker that ran it can see them.
 */
module.exports = class SuiteEnvironment {
  // Jest asks for these; no test sets a clock by them.
  fakeTimers = null;
  fakeTimersModern = null;
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);

  constructor() {
    this.globalsBefore = Reflect.ownKeys(globalThis);
    this.replaced = REPLACED_BY_JEST.map(([object, key]) => [object, key, object[key]]);
  }

  async setup() {
    // What an earlier suite left was that suite's failure.
    this.openBefore = openSockets().length;
    this.storages = recordStorages();
  }

  /** Jest-circus tells what it does; at `setup` it has loaded its own parts, and nothing of the suite. */
  handleTestEvent({ name }) {
    if (name === 'setup') {
      this.storagesOfJest = this.storages.made.length;
      this.globalsOfJest = Reflect.ownKeys(globalThis).filter((key) => !this.globalsBefore.includes(key));
    }
    if (name === 'test_fn_failure' || name === 'hook_failure') this.hasFailed = true;
    if (name === 'test_done') disable(this.storages.made.slice(this.storagesOfJest));
  }

  async teardown() {
    this.storages.stop();
    disable(this.storages.made);
    for (const key of this.globalsOfJest ?? []) Reflect.deleteProperty(globalThis, key);
    for (const [object, key, value] of this.replaced) object[key] = value;
    const left = await leftOpen(this.openBefore);
    // What a failed test has left says less than why it failed, which this would hide.
    if (left.length > 0 && !this.hasFailed) throw new Error(`This suite left open: ${left.join(', ')}`);
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** The runtime compiles without it; Jest only wants to see that there is one. */
  getVmContext() {
    return globalThis;
  }
};

/** Some close a moment after they were told to. */
async function leftOpen(before) {
  for (const until = Date.now() + GRACE_MS; ;) {
    const open = openSockets();
    if (open.length <= before || Date.now() > until) return open.slice(before);
    await sleepFor(20);
  }
}

/**
 * Node 20 hands every AsyncLocalStorage that was ever used from each promise to the next, until it is disabled, and each
 * service that a test starts has one. Left alone they made the last suites of a run take seven times as long.
 */
function recordStorages() {
  const { AsyncLocalStorage } = asyncHooks;
  const made = [];
  asyncHooks.AsyncLocalStorage = class extends AsyncLocalStorage {
    constructor(...options) {
      super(...options);
      made.push(this);
    }
  };
  return {
    made,
    stop() {
      asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
    },
  };
}

/** It comes back to life where it is used again. */
function disable(storages) {
  for (const storage of storages) storage.disable();
}
