const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

const OWN_TEXT = readFileSync(module.filename);

/**
 * Jest's transform: TypeScript to what Node runs, a file at a time. Types are checked by `npm run types`. The compiler is
 * loaded only where Jest has no result of an earlier run: a worker with a full cache starts without it.
 */
module.exports = {
  getCacheKey: (text, path) =>
    createHash('sha256').update(OWN_TEXT).update(path).update('\0').update(text).digest('hex'),
  process(text, path) {
    const { transpileModule, ModuleKind, ScriptTarget } = require('typescript');
    const compilerOptions = {
      target: ScriptTarget.ES2023,
      module: ModuleKind.CommonJS,
      esModuleInterop: true,
      inlineSourceMap: true,
      inlineSources: true,
    };
    return { code: transpileModule(text, { fileName: path, compilerOptions }).outputText };
  },
};
