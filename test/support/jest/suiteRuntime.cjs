const { Module, createRequire, isBuiltin } = require('node:module');
const { compileFunction, constants } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Where our files are in what Jest made of them, for the stacks of every suite of this worker. */
const sourceMaps = new Map();
/** The runtime of the suite that runs now. */
let latest;

/**
 * How a suite's modules are loaded. Jest would give each suite a realm of its own, in which every `Date` and `Map` goes through
 * a proxy, and would load the packages and the service anew in it: 1,900 files, two seconds of processor time in each of two
 * hundred suites, and then code that is never hot. Here they run where the product runs, in Node's one realm, and a worker
 * loads a file once. A suite's own is what stands in its file; no module of ours keeps anything that outlives a service.
 */
module.exports = class SuiteRuntime extends Runtime {
  constructor(...options) {
    super(...options);
    this.executor.compile = (source, filename) =>
      compileFunction(source, this.executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
    latest = this;
  }

  requireModuleOrMock(from, name) {
    return isBuiltin(name) ? super.requireModuleOrMock(from, name) : createRequire(from)(name);
  }

  getSourceMaps() {
    for (const [file, map] of super.getSourceMaps()) sourceMaps.set(file, map);
    return sourceMaps;
  }
};

Module._extensions['.ts'] = (module, filename) => {
  const code = latest.transformCache.transform(filename);
  latest.getSourceMaps();
  module._compile(code, filename);
};

// Jest takes its runtime as an ES module would export it.
module.exports.default = module.exports;
