import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { filterNames, lookupNames, testNames } from '@ratchet/template';
import type { Disabled } from './disable-loader.js';

export type MutationKind = 'filter' | 'test' | 'lookup' | 'keyword' | 'magic variable';

/** One thing of the language taken away. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly name: string;
  readonly disabled: Disabled;
}

const deleted = (kind: MutationKind, names: readonly string[], module: string, table: string): readonly Mutation[] =>
  names.map((name) => ({
    kind,
    name,
    disabled: { module, append: `\n${table}.delete(${JSON.stringify(name)});\n` },
  }));

const resolver = createRequire(import.meta.url);

/** The text of a built module of one of our packages. */
const builtText = (name: string, file: string): Promise<string> =>
  readFile(join(dirname(resolver.resolve(`@ratchet/${name}`)), file), 'utf8');

/** Names of Ratchet's own, of which the oracle knows nothing: other tests notice them. */
const OWN = /^(?:ratchet_|rollback_on_failure$)/;

const keywordMutations = async (): Promise<readonly Mutation[]> => {
  const text = await builtText('playbook', 'keywords.js');
  const tables = text.slice(text.indexOf('const SHARED'), text.indexOf('REFUSED'));
  const names = [...new Set([...tables.matchAll(/'([a-z_]+)'/g)].map(([, name]) => name ?? ''))];
  return names.map((name) => ({
    kind: 'keyword',
    name,
    disabled: { module: 'playbook/dist/keywords.js', pattern: `'${name}',?`, replacement: '' },
  }));
};

const MAGIC_MODULES = ['magic-variables.js', 'run-magic.js'];

const magicMutations = async (): Promise<readonly Mutation[]> => {
  const found: Mutation[] = [];
  for (const file of MAGIC_MODULES)
    for (const [, name = ''] of (await builtText('runner', file)).matchAll(/^\s{4,}([a-z_]+): (?:\(\) =>|batch)/gm))
      found.push({
        kind: 'magic variable',
        name,
        disabled: { module: `runner/dist/${file}`, pattern: `^(\\s+)${name}: `, replacement: `$1${name}_disabled: ` },
      });
  return found;
};

/** Everything that is taken away in turn. */
export const allMutations = async (): Promise<readonly Mutation[]> => [
  ...deleted('filter', filterNames(), 'template/dist/filters.js', 'filters'),
  ...deleted('test', testNames(), 'template/dist/jinja-tests.js', 'tests'),
  ...deleted('lookup', lookupNames(), 'template/dist/lookups.js', 'builtIn'),
  ...[...(await keywordMutations()), ...(await magicMutations())].filter(({ name }) => !OWN.test(name)),
];
