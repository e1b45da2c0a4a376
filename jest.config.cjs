const { availableParallelism } = require('node:os');
const { env } = require('node:process');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/jest/suiteEnvironment.cjs',
  runtime: '<rootDir>/test/support/jest/suiteRuntime.cjs',
  globalSetup: '<rootDir>/test/support/jest/runStart.cjs',
  globalTeardown: '<rootDir>/test/support/jest/runEnd.cjs',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/jest/stripTypes.cjs' },
  // One more would be faster still, but what tests measure between two calls then comes late too often.
  maxWorkers: availableParallelism(),
  // Tests wait for conditions; a slow machine only makes them slower, it must not fail them.
  testTimeout: 90_000,
  reporters: [
    'default',
    ['<rootDir>/test/support/jest/reporter.cjs', { postgres: env.DATABASE_URL?.startsWith('postgres') === true }],
  ],
};
