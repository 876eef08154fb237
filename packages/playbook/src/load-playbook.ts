import { dirname, join, resolve } from 'node:path';
import { type SourceFile, sourceError } from '@ratchet/core';
import type { MapNode, Node } from '@ratchet/source';
import { finishEarly } from './early-names.js';
import { Fields } from './fields.js';
import { inherit, NOTHING } from './inherited.js';
import type { Play, Playbook } from './play.js';
import { readPlay } from './play-reader.js';
import { type LoadOptions, Session } from './session.js';
import type { Inherited } from './task.js';

const IMPORT = ['import_playbook', 'ansible.builtin.import_playbook'];
const IMPORT_KEYWORDS = [...IMPORT, 'name', 'vars', 'tags', 'when'];

const looksLikeInventory = (node: Node | null): boolean =>
  node?.kind === 'map' &&
  node.entries.some(
    ({ key, value }) =>
      key.kind === 'scalar' &&
      value.kind === 'map' &&
      value.entries.some((one) => one.key.kind === 'scalar' && ['hosts', 'children'].includes(String(one.key.value))),
  );

const readPlays = async (
  path: string,
  session: Session,
  around: Inherited,
  chain: string,
  importing: readonly string[],
): Promise<{ readonly file: SourceFile; readonly plays: readonly Play[] }> => {
  const { file, node } = await session.read(path);
  if (node?.kind !== 'list')
    throw sourceError(
      'playbook-invalid',
      'A playbook must be a list of plays.',
      node?.position ?? { file, offset: 0 },
      {
        hint: looksLikeInventory(node)
          ? 'This looks like an inventory: ratchet run PLAYBOOK -i INVENTORY.'
          : 'Start each play with "- hosts: …".',
      },
    );
  const plays: Play[] = [];
  for (const item of node.items) {
    if (item.kind !== 'map') {
      session.findings.report('playbook-invalid', 'A play must be a mapping.', item.position, 'Write "- hosts: …".');
      continue;
    }
    const fields = new Fields(item, session.findings);
    if (IMPORT.some((name) => fields.has(name)))
      plays.push(...(await importPlaybook(item, path, session, around, chain, [...importing, resolve(path)])));
    else plays.push(await readPlay(item, session, dirname(path), around, chain));
  }
  return { file, plays };
};

const importPlaybook = async (
  item: MapNode,
  path: string,
  session: Session,
  around: Inherited,
  chain: string,
  importing: readonly string[],
): Promise<readonly Play[]> => {
  const fields = new Fields(item, session.findings);
  for (const { name, position } of fields.all())
    if (!IMPORT_KEYWORDS.includes(name)) {
      const message = `"${name}" cannot stand beside import_playbook.`;
      session.findings.reportUnknown('keyword-unknown', message, position, name, IMPORT_KEYWORDS);
    }
  const vars = fields.field('vars')?.node;
  if (vars && vars.kind !== 'map') fields.wrong('vars', 'a mapping');
  const key = IMPORT.find((one) => fields.has(one)) as string;
  const inherited = inherit(around, fields, { vars: true, catalogue: session.options.catalogue });
  const playVars = new Map([['playbook_dir', resolve(dirname(path))]]);
  const written = fields.text(key);
  if (written === undefined)
    session.findings.report('playbook-invalid', 'import_playbook needs a file name.', fields.place(key));
  const name = written && finishEarly(written, { inherited, playVars }, new Map(), session);
  if (!name) return [];
  const target = resolve(name) === name ? name : join(dirname(path), name);
  if (importing.includes(resolve(target))) {
    session.findings.report('playbook-invalid', `${name} imports itself.`, fields.place(key));
    return [];
  }
  const id = session.id(chain, fields.position);
  const read = () => readPlays(target, session, inherited, id, importing);
  return (await session.findings.attemptAsync(fields.place(key), read))?.plays ?? [];
};

/** The same for a playbook that is a text of the program's own. */
export const loadPlaybookText = async (text: SourceFile, options: LoadOptions): Promise<Playbook> => {
  const session = new Session(options);
  session.know(text);
  const { file, plays } = await readPlays(text.path, session, NOTHING, '', []);
  session.findings.throwIfAny();
  return { file, files: session.files, plays };
};

/**
 * Reads a playbook with its roles, task files and imported playbooks, and checks all that can be known before a host is
 * asked. Throws `RatchetErrors` with everything found; a file that cannot be read or parsed as YAML is thrown by itself.
 */
export const loadPlaybook = async (path: string, options: LoadOptions): Promise<Playbook> => {
  const session = new Session(options);
  const { file, plays } = await readPlays(path, session, NOTHING, '', []);
  session.findings.throwIfAny();
  return { file, files: session.files, plays };
};
