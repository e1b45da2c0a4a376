const { existsSync } = require('node:fs');
const { env } = require('node:process');
const base = require('./jest.config.cjs');

const chromium = env.CHROMIUM ?? '/usr/bin/chromium';
const lacksBrowser = existsSync(chromium)
  ? undefined
  : `there is no ${chromium}; install chromium, or set CHROMIUM to where one is`;

/** @type {import('jest').Config} What only a browser can tell: `npm run test:browser`. */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: [],
  // A browser takes a core for itself.
  maxWorkers: 1,
  reporters: ['default', ['<rootDir>/test/support/jest/reporter.cjs', { postgres: true, lacksBrowser }]],
};
