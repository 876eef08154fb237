// Plugins of the bundler that put off what a run seldom needs. As bundled, every package would be declared, and every module with its
// parameters built, at each start of the command; none of this changes what anything does.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Packages that only some runs need (another way to hosts, a terminal, YAML beyond the plain, keys with a passphrase), with who uses them. */
const SELDOM = {
  execa: 'packages/transport',
  listr2: 'packages/report',
  yaml: 'packages/source',
  'bcrypt-pbkdf': 'node_modules/ssh2',
};
const fileOf = (name) => createRequire(new URL(`../${SELDOM[name]}/package.json`, import.meta.url)).resolve(name);
/** Starting programs is for local hosts, vaults and agents; it takes a good part of Node with it. */
const PROGRAMS = /^(?:node:)?child_process$/;

/** The file of the packages that are seldom needed: a function that gives one of them by its name. */
export const seldomSource = `const packages = {${Object.keys(SELDOM).map((name) => `'${name}': () => require('${fileOf(name)}')`)}};
module.exports = (name) => packages[name]();`;

const whenRead = (each) =>
  `Object.defineProperty(exports, '${each}', { enumerable: true, get: () => load().${each} });`;
const whenCalled = (each) => `exports.${each} = (...given) => load().${each}(...given);`;

/** A module that loads another one when something of it is used. CommonJS packages take functions out at once and call them later, or never. */
const standIn = async (name, load, commonjs) => {
  const entries = Object.entries(await import(PROGRAMS.test(name) ? name : fileOf(name))).filter(
    ([key]) => key !== 'default' && key !== 'module.exports',
  );
  const isFunction = (value) => typeof value === 'function' && !/^class\b/.test(String(value));
  const lines = entries.map(([key, value]) => (commonjs && isFunction(value) ? whenCalled(key) : whenRead(key)));
  return `const load = () => ${load};\n${lines.join('\n')}`;
};

/** Leaves out what is seldom needed: packages are read from seldom.cjs when something of them is used, Node's own where they are. */
export const seldomNeeded = {
  name: 'seldom-needed',
  setup: ({ onResolve, onLoad }) => {
    const standInFor = ({ path, kind, namespace }) =>
      namespace.startsWith('seldom')
        ? undefined
        : { path, namespace: kind === 'require-call' ? 'seldom-commonjs' : 'seldom' };
    onResolve({ filter: new RegExp(`^(?:${Object.keys(SELDOM).join('|')})$`) }, standInFor);
    onResolve({ filter: PROGRAMS }, standInFor);
    onResolve({ filter: /^\.\/seldom\.cjs$/ }, ({ path }) => ({ path, external: true }));
    for (const namespace of ['seldom', 'seldom-commonjs'])
      onLoad({ filter: /.*/, namespace }, async ({ path }) => ({
        contents: await standIn(
          path,
          PROGRAMS.test(path) ? `require('${path}')` : `require('./seldom.cjs')('${path}')`,
          namespace === 'seldom-commonjs',
        ),
      }));
  },
};

const exportsOf = async (catalogueFile) => {
  const files = [...(await readFile(catalogueFile, 'utf8')).matchAll(/from '(\.\/[^']+)'/g)].map(([, file]) => file);
  const found = new Map();
  for (const file of files)
    for (const [name, value] of Object.entries(await import(pathToFileURL(join(dirname(catalogueFile), file)).href)))
      found.set(value, `require('${file}').${name}`);
  return found;
};

/** The catalogue with each module loaded when it is asked for. */
const lazyCatalogue = async (file) => {
  const { catalogue } = await import(pathToFileURL(file).href);
  const expressions = await exportsOf(file);
  const entries = catalogue.names().map((name) => {
    const expression = expressions.get(catalogue.find(name));
    if (expression === undefined) throw new Error(`${file} does not import the module ${name} by its name`);
    return `'${name}': () => ${expression}`;
  });
  return `const load = {${entries.join(',\n')}};
export const catalogue = {
  find: (name) => (Object.hasOwn(load, name) ? load[name]() : undefined),
  names: () => Object.keys(load),
};`;
};

/** Builds a module of the catalogue when a playbook names it. */
export const modulesWhenNamed = {
  name: 'modules-when-named',
  setup: ({ onLoad }) => {
    onLoad({ filter: /packages[\\/]modules[\\/]dist[\\/]catalogue\.js$/ }, async ({ path }) => ({
      contents: await lazyCatalogue(path),
      resolveDir: dirname(path),
      loader: 'js',
    }));
  },
};
