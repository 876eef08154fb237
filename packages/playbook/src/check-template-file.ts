import { dirname } from 'node:path';
import type { Dict, Module, Value } from '@ratchet/core';
import { readSource } from '@ratchet/source';
import { checkTemplateFile, findOnPath, TEMPLATE_MARKS } from '@ratchet/template';
import type { Around } from './around.js';
import type { Params } from './params.js';
import type { Session } from './session.js';

const MODULES = ['template', 'win_template'];

const rootsOf = (around: Around, file: string, playbookDir: string): readonly string[] => [
  ...(around.role ? [around.role.path, ...[...around.role.parentPaths].reverse()] : []),
  dirname(file),
  playbookDir,
];

const marksOf = (params: Dict): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(TEMPLATE_MARKS).flatMap(([name, option]) => {
      const value = params.get(name);
      return typeof value === 'string' ? [[option, value]] : [];
    }),
  );

const isWritten = (value: Value | undefined): boolean => value === undefined || typeof value === 'string';

/**
 * Reports what does not parse in the file of a template task whose name is written out, and names there that nothing has. A file that is
 * not there is told by the task, when it runs: another may have made it.
 */
export const checkTemplateTask = async (
  module: Module,
  { value }: Params,
  around: Around,
  file: string,
  { session, playbookDir }: { readonly session: Session; readonly playbookDir: string },
): Promise<void> => {
  if (!MODULES.includes(module.name) || !(value instanceof Map)) return;
  const name = value.get('src');
  if (typeof name !== 'string' || !Object.keys(TEMPLATE_MARKS).every((mark) => isWritten(value.get(mark)))) return;
  const path = findOnPath(rootsOf(around, file, playbookDir), 'templates', name);
  if (path === undefined) return;
  const position = { file: { path, text: '' }, offset: 0 };
  await session.findings.attemptAsync(position, async () => {
    const source = await readSource(path);
    checkTemplateFile(source.text, { file: source, offset: 0 }, marksOf(value));
  });
};
