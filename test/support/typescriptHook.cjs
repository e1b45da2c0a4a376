const { readFileSync } = require('node:fs');
const { Module } = require('node:module');
const { process: compile } = require('./jest/stripTypes.cjs');

/** `node --require` this, and a command runs in a process of its own from its source, as it does when it was built. */
Module._extensions['.ts'] = (module, filename) =>
  module._compile(compile(readFileSync(filename, 'utf8'), filename).code, filename);
