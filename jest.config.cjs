const { availableParallelism } = require('node:os');
const { env } = require('node:process');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/jest/suiteEnvironment.cjs',
  runtime: '<rootDir>/test/support/jest/suiteRuntime.cjs',
  globalSetup: '<rootDir>/test/support/jest/runStart.cjs',
  globalTeardown: '<rootDir>/test/support/jest/runEnd.cjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/jest/answersAreDescribed.ts'],
  roots: ['<rootDir>/test'],
  // These need a browser: jest.browser.cjs.
  testPathIgnorePatterns: ['<rootDir>/test/browser/'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/jest/stripTypes.cjs' },
  // Two more than there are cores: suites of recovery wait for most of their time.
  maxWorkers: availableParallelism() + 2,
  testSequencer: '<rootDir>/test/support/jest/longestFirst.cjs',
  // Tests wait for conditions; a slow machine only makes them slower, it must not fail them.
  testTimeout: 240_000,
  reporters: [
    'default',
    ['<rootDir>/test/support/jest/reporter.cjs', { postgres: env.DATABASE_URL?.startsWith('postgres') === true }],
  ],
};
