const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { transform } = require('sucrase');

const OWN_TEXT = readFileSync(module.filename);

/**
 * Jest's transform: TypeScript to what Node runs, a file at a time. Types are checked by `npm run types`. On a fresh clone every
 * worker has to do so with all that it loads: with the compiler itself that was 60 s of processor time in 360.
 */
module.exports = {
  getCacheKey: (text, path) =>
    createHash('sha256').update(OWN_TEXT).update(path).update('\0').update(text).digest('hex'),
  process(text, path) {
    const { code, sourceMap: map } = transform(text, {
      transforms: ['typescript', 'imports'],
      disableESTransforms: true,
      filePath: path,
      sourceMapOptions: { compiledFilename: path },
    });
    return { code, map: { ...map, sourcesContent: [text] } };
  },
};
