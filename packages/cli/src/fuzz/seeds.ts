import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCases, record } from '../conformance/case-file.js';
import { expressionsOf } from '../conformance/expression-case.js';
import { type Alphabet, INVENTORY_TOKENS, JINJA_TOKENS, YAML_TOKENS } from './inputs.js';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const CASES = join(REPOSITORY, 'conformance/cases');
const MAX_SEED = 3000;
const MAX_TEMPLATE = 70;

const filesUnder = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' });
  const texts: string[] = [];
  for (const name of names.filter((one) => one.endsWith('.yml')).sort())
    texts.push(await readFile(join(REPOSITORY, folder, name), 'utf8'));
  return texts;
};

/** Good YAML: our playbooks and roles, and the files of the conformance cases. */
export const yamlAlphabet = async (): Promise<Alphabet> => {
  const cases = await readCases(CASES, undefined);
  const embedded = cases.flatMap(({ body }) =>
    Object.entries(record(body['files'])).flatMap(([name, text]) => (name.endsWith('.yml') ? [String(text)] : [])),
  );
  const seeds = [...(await filesUnder('playbooks')), ...embedded].filter(({ length }) => length < MAX_SEED);
  return { seeds, tokens: YAML_TOKENS };
};

/** Good inventories, INI and YAML: the files of the conformance cases about them. */
export const inventoryAlphabet = async (): Promise<Alphabet> => {
  const cases = await readCases(CASES, 'inventories/*');
  const seeds = cases
    .flatMap(({ body }) => Object.entries(record(body['files'])))
    .filter(([name, text]) => !/_vars\/|\.(?:sh|py|md|txt|cfg)$|pass/.test(name) && !String(text).startsWith('#!'))
    .map(([, text]) => String(text));
  return { seeds, tokens: INVENTORY_TOKENS };
};

/** Good templates: the expressions of the conformance cases. */
export const jinjaAlphabet = async (): Promise<Alphabet> => {
  const files = (await readCases(CASES, 'expressions/*')).filter(({ name }) => !/types|lookups/.test(name));
  const seeds = files
    .flatMap(expressionsOf)
    .map(({ template }) => template)
    .filter(({ length }) => length < MAX_TEMPLATE);
  return { seeds, tokens: JINJA_TOKENS };
};
