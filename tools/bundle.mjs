// Makes packages/cli/bundle/: the ratchet command as one file (program.cjs), what V8 made of it (program.cache), main.cjs, which
// starts it from both, and packages that only some runs need (seldom.cjs). Modules are still run only when needed. It is small, since
// each megabyte that the command reads costs its start some 10 ms; the map beside each file leads a stack trace back to the source.
import { execFile } from 'node:child_process';
import { chmod, copyFile, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { modulesWhenNamed, seldomNeeded, seldomSource } from './bundle-lazily.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = fileURLToPath(new URL('../packages/cli/bundle', import.meta.url));

/** As one object, `z` keeps all of zod, with its messages in some fifty languages; as a namespace only what is used. */
const zodByName = {
  name: 'zod-by-name',
  setup: ({ onLoad }) => {
    onLoad({ filter: /packages[\\/][^\\/]+[\\/]dist[\\/].*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replace("import { z } from 'zod';", "import * as z from 'zod';")
        .replace(/^#!.*/, ''),
      loader: 'js',
    }));
  },
};

/** Parts of ssh2 that the command never uses: its agents for HTTP alone load Node's http, https and tls. */
const withoutHttp = {
  name: 'without-http',
  setup: ({ onLoad }) => {
    onLoad({ filter: /ssh2[\\/]lib[\\/](?:http-agents|server)\.js$/ }, () => ({
      contents: 'module.exports = {};',
      loader: 'js',
    }));
  },
};

await rm(outdir, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'inline',
  logLevel: 'warning',
};
await build({
  ...common,
  stdin: { contents: seldomSource, resolveDir: root },
  outfile: `${outdir}/seldom.cjs`,
});
await build({
  ...common,
  entryPoints: ['packages/cli/dist/main.js'],
  outfile: `${outdir}/program.cjs`,
  // ssh2 tries these and goes on without them.
  external: ['cpu-features', '*.node'],
  // One function, as Node wraps a CommonJS module; main.cjs calls it.
  banner: {
    js: "(function (exports, require, module, __filename, __dirname) { const ratchetFile = require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: '})' },
  define: { 'import.meta.url': 'ratchetFile' },
  plugins: [modulesWhenNamed, zodByName, withoutHttp, seldomNeeded],
  // Escapes what is not ASCII: the loader reads the file byte by byte.
  charset: 'ascii',
});
await copyFile(new URL('bundle-main.cjs', import.meta.url), `${outdir}/main.cjs`);
await chmod(`${outdir}/main.cjs`, 0o755);
await promisify(execFile)(process.execPath, [fileURLToPath(new URL('code-cache.mjs', import.meta.url))]);
