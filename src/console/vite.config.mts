import { defineConfig } from 'vite';

/** No code or style stands in the page itself, so that the strict policy lets all of it pass; addresses are relative, so that it works below a path. */
export default defineConfig({
  base: './',
  oxc: { jsx: { importSource: 'preact' } },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});
