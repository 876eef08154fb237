import { type Dict, Template, type Value } from '@ratchet/core';
import { nodeToValue } from '@ratchet/source';
import type { Fields } from './fields.js';
import { findVarsFile } from './find-file.js';
import type { Play } from './play.js';
import type { Session } from './session.js';
import type { Placed } from './task.js';
import { checkValue } from './template-check.js';

interface VarsFiles {
  readonly entries: Play['varsFiles'];
  readonly variables: Dict;
}

/** What a play's `vars_files` name, and what stands in the files whose names are written out: they are read now, for what is wrong in them. */
export const readVarsFiles = async (fields: Fields, playbookDir: string, session: Session): Promise<VarsFiles> => {
  const entries: Placed<readonly (string | Template)[]>[] = [];
  const { findings } = session;
  const variables: Dict = new Map();
  for (const node of fields.list('vars_files')) {
    const written = nodeToValue(node);
    checkValue(written, fields.findings);
    const names = (Array.isArray(written) ? (written as readonly Value[]) : [written]).filter(
      (name) => typeof name === 'string' || name instanceof Template,
    );
    if (names.length === 0) fields.findings.report('playbook-invalid', 'vars_files takes file names.', node.position);
    const found = await Promise.all(
      names.map(async (name) => (typeof name === 'string' ? findVarsFile(name, playbookDir) : name)),
    );
    const there = found.filter((name) => name !== undefined);
    if (names.length > 0 && there.length === 0)
      fields.findings.report(
        'file-not-found',
        `There is no variables file ${names.join(', ')}.`,
        node.position,
        `Looked in ${playbookDir}.`,
      );
    const [first] = there;
    const read =
      typeof first === 'string' && (await findings.attemptAsync(node.position, () => session.readVariables(first)));
    for (const [name, value] of read || []) variables.set(name, value);
    entries.push({ value: there, position: node.position });
  }
  return { entries, variables };
};
