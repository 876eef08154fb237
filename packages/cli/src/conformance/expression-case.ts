import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plain, RatchetError, type SourceFile, Template, type Value } from '@ratchet/core';
import { loadYaml, nodeToValue } from '@ratchet/source';
import { Templar } from '@ratchet/template';
import { type Canonical, canonicalOf, readCanonical } from './canonical.js';
import { type CaseFile, hashOf, record, writeFiles } from './case-file.js';
import { inNewFolder, oracleEnvironment } from './oracle.js';
import { runProgram } from './program.js';

/** One expression of a file of expressions. */
export interface ExpressionCase {
  readonly file: CaseFile;
  readonly template: string;
  readonly hash: string;
  /** What Ratchet answers where it is not what the oracle says. */
  readonly expected?: { readonly value: Canonical; readonly why: string };
  /** The answers with `jinja2_native=false` differ on purpose too. */
  readonly textDiffers: boolean;
}

/** The lines of the file's `vars`, which both tools read for themselves. */
const varsText = (text: string): string => /^vars:[ \t]*\n((?:[ \t]+.*\n|[ \t]*\n|#.*\n)*)/m.exec(text)?.[1] ?? '';

const oneExpression = (file: CaseFile, item: Plain): ExpressionCase => {
  const given = typeof item === 'string' ? { template: item } : record(item);
  const template = String(given['template']);
  const hash = hashOf(JSON.stringify([varsText(file.text), file.body['files'] ?? null, template]));
  if (given['why'] === undefined) return { file, template, hash, textDiffers: false };
  const value = given['fails'] === true ? { error: true } : { value: canonicalPlain(given['expected'] ?? null) };
  return {
    file,
    template,
    hash,
    textDiffers: given['text_differs'] === true,
    expected: { value, why: String(given['why']) },
  };
};

const canonicalPlain = (plain: Plain): Canonical => readCanonical(JSON.stringify(plain));

/** Both tools read the lines below `vars:`, so that vars which stand in its line would reach neither. */
const refuseVarsInOneLine = (file: CaseFile): void => {
  if (Object.keys(record(file.body['vars'])).length === 0 || varsText(file.text).trim() !== '') return;
  throw new Error(
    `${file.path}: write each variable in a line of its own below "vars:"; in its line they are not read.`,
  );
};

export const expressionsOf = (file: CaseFile): readonly ExpressionCase[] => {
  refuseVarsInOneLine(file);
  const items = file.body['expressions'];
  return Array.isArray(items) ? items.map((item) => oneExpression(file, item)) : [];
};

/** For each file of the question, an answer for each of its texts. */
export type Told = readonly (readonly { readonly value?: Canonical; readonly error?: boolean }[])[];

const ASKER = fileURLToPath(new URL('../../../../conformance/ask-templates.py', import.meta.url));

/** Asks ansible-core through `conformance/ask-templates.py`; `question` is its JSON. */
export const askAnsibleCore = async (folder: string, question: string, native: boolean): Promise<Told> => {
  const { code, stdout, stderr } = await runProgram('/usr/bin/python3', [ASKER], {
    cwd: folder,
    env: oracleEnvironment(folder, {
      ANSIBLE_JINJA2_NATIVE: String(native),
      ANSIBLE_JINJA2_EXTENSIONS: 'jinja2.ext.do,jinja2.ext.loopcontrols',
      RATCHET_TEST: 'from the environment',
    }),
    input: question,
  });
  if (code !== 0) throw new Error(`ansible-core did not answer:\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as Told;
};

const told = (answers: Told, file: number, index: number, folder: string): Canonical => {
  const one = answers[file]?.[index];
  if (one?.error) return { error: true };
  return JSON.parse(JSON.stringify({ value: one?.value ?? null }).replaceAll(folder, '<folder>')) as Canonical;
};

/** Asks ansible-core for all the expressions: one process with native types, one with joined text. */
export const askExpressions = (cases: readonly ExpressionCase[]): Promise<readonly Canonical[]> =>
  inNewFolder(async (folder) => {
    const files = [...new Set(cases.map(({ file }) => file))];
    for (const [index, file] of files.entries()) {
      await writeFiles(folder, file.body['files']);
      await writeFile(join(folder, `vars${index}.yml`), varsText(file.text) || '{}\n');
    }
    const own = (file: CaseFile): readonly ExpressionCase[] => cases.filter((one) => one.file === file);
    const question = JSON.stringify({
      folder,
      files: files.map((file, index) => ({
        vars: join(folder, `vars${index}.yml`),
        templates: own(file).map(({ template }) => template),
      })),
    });
    const native = await askAnsibleCore(folder, question, true);
    const text = await askAnsibleCore(folder, question, false);
    return cases.map((one) => {
      const place = [files.indexOf(one.file), own(one.file).indexOf(one)] as const;
      return { native: told(native, ...place, folder), text: told(text, ...place, folder) };
    });
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
    const value = new Templar(scopeOf(file, folder), { native, searchRoots: () => [folder] }).finish(
      new Template(template, position),
    );
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
