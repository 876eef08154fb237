import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Plain, RatchetError, type SourceFile, Template, type Value } from '@ratchet/core';
import { loadYaml, nodeToValue } from '@ratchet/source';
import { Templar } from '@ratchet/template';
import { type Canonical, canonicalOf, readCanonical } from './canonical.js';
import { type CaseFile, hashOf, record, writeFiles } from './case-file.js';
import { inNewFolder, runAnsible } from './oracle.js';

/** One expression of a file of expressions. */
export interface ExpressionCase {
  readonly file: CaseFile;
  readonly template: string;
  readonly hash: string;
  /** What Ratchet answers where it is not what the oracle says. */
  readonly expected?: { readonly value: Canonical; readonly why: string };
}

/** The lines of the file's `vars`, which both tools read for themselves. */
const varsText = (text: string): string => /^vars:[ \t]*\n((?:[ \t]+.*\n|[ \t]*\n|#.*\n)*)/m.exec(text)?.[1] ?? '';

const oneExpression = (file: CaseFile, item: Plain): ExpressionCase => {
  const given = typeof item === 'string' ? { template: item } : record(item);
  const template = String(given['template']);
  const hash = hashOf(JSON.stringify([varsText(file.text), file.body['files'] ?? null, template]));
  if (given['why'] === undefined) return { file, template, hash };
  const value = given['fails'] === true ? { error: true } : { value: canonicalPlain(given['expected'] ?? null) };
  return { file, template, hash, expected: { value, why: String(given['why']) } };
};

const canonicalPlain = (plain: Plain): Canonical => readCanonical(JSON.stringify(plain));

export const expressionsOf = (file: CaseFile): readonly ExpressionCase[] => {
  const items = file.body['expressions'];
  return Array.isArray(items) ? items.map((item) => oneExpression(file, item)) : [];
};

interface AnsibleDocument {
  readonly plays: readonly {
    readonly tasks: readonly {
      readonly task: { readonly name: string };
      readonly hosts: Readonly<Record<string, { readonly failed?: boolean; readonly msg: Canonical }>>;
    }[];
  }[];
}

const askMode = async (folder: string, native: boolean): Promise<ReadonlyMap<string, Canonical>> => {
  const env = { ANSIBLE_JINJA2_NATIVE: String(native), RATCHET_TEST: 'from the environment' };
  const { stdout, stderr } = await runAnsible('ansible-playbook', ['-i', 'localhost,', 'play.yml'], folder, env);
  const start = stdout.indexOf('{\n    "custom_stats"');
  if (start === -1)
    throw new Error(`ansible-playbook did not answer:\n${stdout.slice(0, 2000)}\n${stderr.slice(-2000)}`);
  const document = readCanonical(stdout.slice(start, stdout.lastIndexOf('}') + 1)) as unknown as AnsibleDocument;
  return new Map(
    document.plays.flatMap(({ tasks }) =>
      tasks.flatMap(({ task, hosts }) =>
        Object.values(hosts).map(({ failed, msg }): [string, Canonical] => [
          task.name,
          failed ? { error: true } : { value: msg },
        ]),
      ),
    ),
  );
};

/** Asks ansible-playbook for all the expressions: one process with native types, one with joined text. */
export const askExpressions = (cases: readonly ExpressionCase[]): Promise<readonly Canonical[]> =>
  inNewFolder(async (folder) => {
    const files = [...new Set(cases.map(({ file }) => file))];
    for (const [index, file] of files.entries()) {
      await writeFiles(folder, file.body['files']);
      await writeFile(join(folder, `vars${index}.yml`), varsText(file.text) || '{}\n');
    }
    const plays = files.map((file, index) => ({
      hosts: 'localhost',
      connection: 'local',
      gather_facts: false,
      vars_files: [`vars${index}.yml`],
      tasks: cases.flatMap((one, number) =>
        one.file === file ? [{ name: `e${number}`, debug: { msg: one.template }, ignore_errors: true }] : [],
      ),
    }));
    await writeFile(join(folder, 'play.yml'), JSON.stringify(plays, null, 1));
    const [native, text] = [await askMode(folder, true), await askMode(folder, false)];
    return cases.map((_one, number) => ({
      native: native.get(`e${number}`) ?? { missing: true },
      text: text.get(`e${number}`) ?? { missing: true },
    }));
  });

const scopeOf = (file: CaseFile, folder: string) => {
  const source: SourceFile = { path: file.path, text: varsText(file.text) };
  const node = loadYaml(source);
  const vars = node === null ? new Map<Value, Value>() : nodeToValue(node);
  const all = new Map(vars instanceof Map ? vars : []);
  all.set('playbook_dir', folder).set('inventory_hostname', 'localhost');
  all.set(
    'groups',
    new Map<Value, Value>([
      ['all', ['localhost']],
      ['ungrouped', ['localhost']],
    ]),
  );
  return { get: (name: string) => all.get(name), names: () => [...all.keys()].map(String) };
};

const answer = ({ template, file }: ExpressionCase, folder: string, native: boolean): Canonical => {
  const position = { file: { path: file.path, text: template }, offset: 0 };
  try {
    const value = new Templar(scopeOf(file, folder), { native }).finish(new Template(template, position));
    return { value: JSON.parse(JSON.stringify(canonicalOf(value)).replaceAll(folder, '<folder>')) };
  } catch (thrown) {
    if (!(thrown instanceof RatchetError)) throw thrown;
    return thrown.code === 'internal' ? { fault: thrown.message } : { error: true };
  }
};

/** Our answers to all the expressions, in both modes. */
export const answerExpressions = (cases: readonly ExpressionCase[]): Promise<readonly Canonical[]> =>
  inNewFolder(async (folder) => {
    process.env['RATCHET_TEST'] = 'from the environment';
    for (const file of new Set(cases.map((one) => one.file))) await writeFiles(folder, file.body['files']);
    return cases.map((one) => ({ native: answer(one, folder, true), text: answer(one, folder, false) }));
  });
