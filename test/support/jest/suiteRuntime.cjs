const { createRequire, isBuiltin } = require('node:module');
const { compileFunction, constants } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/**
 * How a suite's modules are loaded. Jest would give each suite a realm of its own, in which every `Date` and `Map` goes through
 * a proxy, and would compile the packages anew in it: 1,300 files that a suite of the service needs, a second of processor
 * time in each of seventy suites. Here they run where the product runs, in Node's one realm, and a worker loads a package
 * once. What is ours, tests and product, is still each suite's own.
 */
module.exports = class SuiteRuntime extends Runtime {
  constructor(...options) {
    super(...options);
    this.executor.compile = (source, filename) =>
      compileFunction(source, this.executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
  }

  requireModuleOrMock(from, name) {
    return isPackage(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
};

/** A package's own files ask for each other past this runtime, so that its name is all that is ever asked for here. */
const isPackage = (name) => !/^[./]/.test(name) && !isBuiltin(name);

// Jest takes its runtime as an ES module would export it.
module.exports.default = module.exports;
