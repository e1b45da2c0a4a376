const { env } = require('node:process');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // Types are checked by `npm run types`; here TypeScript is only stripped, which halves the time of a run.
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false, tsconfig: 'tsconfig.json' }] },
  // Tests wait for conditions; a slow machine only makes them slower, it must not fail them.
  testTimeout: 90_000,
  // Left to itself, Node 20 was seen to spin for ever while it freed what the database drivers had left (gdb: CleanupHandles).
  // What tests leave open is found by the reporter.
  forceExit: true,
  reporters: [
    'default',
    ['<rootDir>/test/support/reporter.cjs', { postgres: env.DATABASE_URL?.startsWith('postgres') === true }],
  ],
};
