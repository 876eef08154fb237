// Makes packages/cli/bundle/: the ratchet command in a few files instead of some hundred modules, which halves what it takes to
// start. What is loaded only when needed (ssh2, execa, listr2) stays in files of its own. Names and lines are kept, so that
// a stack trace can be read; the maps beside the files lead to the source (node --enable-source-maps).
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = fileURLToPath(new URL('../packages/cli/bundle', import.meta.url));

// CommonJS packages within use these.
const COMMONJS_GLOBALS = [
  "import { createRequire as ratchetRequire } from 'node:module';",
  "import { fileURLToPath as ratchetPath } from 'node:url';",
  'const require = ratchetRequire(import.meta.url);',
  "const __dirname = ratchetPath(new URL('.', import.meta.url));",
].join('\n');

/** As one object, `z` keeps all of zod, with its messages in some fifty languages; as a namespace only what is used. */
const zodByName = {
  name: 'zod-by-name',
  setup: ({ onLoad }) => {
    onLoad({ filter: /packages[\\/][^\\/]+[\\/]dist[\\/].*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("import { z } from 'zod';", "import * as z from 'zod';"),
      loader: 'js',
    }));
  },
};

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['packages/cli/dist/main.js'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // ssh2 tries these and goes on without them.
  external: ['cpu-features', '*.node'],
  banner: { js: COMMONJS_GLOBALS },
  plugins: [zodByName],
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'inline',
  logLevel: 'warning',
});
