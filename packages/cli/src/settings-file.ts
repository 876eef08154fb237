import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { didYouMean, type Position, type SourceFile, sourceError, toPlain } from '@ratchet/core';
import { loadYaml, nodeToValue, readSource } from '@ratchet/source';
import { SETTINGS } from './settings-table.js';

/** One line of a settings file. */
export interface WrittenSetting {
  readonly section: string;
  readonly key: string;
  readonly text: string;
  readonly position: Position;
}

type Environment = Readonly<Record<string, string | undefined>>;

const WORLD_WRITABLE = 0o002;

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

/**
 * The ansible.cfg that counts, as Ansible looks for it: ANSIBLE_CONFIG (a file, or a folder that holds one), the working folder unless
 * everybody may write to it, the home folder, /etc/ansible.
 */
export const findConfig = async (
  env: Environment,
  cwd: string,
): Promise<{ readonly path?: string; readonly warning?: string }> => {
  const named = env['ANSIBLE_CONFIG'];
  const here = join(cwd, 'ansible.cfg');
  const open = ((await stat(cwd)).mode & WORLD_WRITABLE) !== 0;
  const places = [
    ...(named ? [resolve(cwd, named), join(resolve(cwd, named), 'ansible.cfg')] : []),
    ...(open ? [] : [here]),
    join(env['HOME'] ?? homedir(), '.ansible.cfg'),
    '/etc/ansible/ansible.cfg',
  ];
  const passed =
    open && (await isFile(here)) && !named
      ? { warning: `${here} is not read: everybody may write to this folder. Name it in ANSIBLE_CONFIG to use it.` }
      : {};
  for (const path of places) if (await isFile(path)) return { path, ...passed };
  return passed;
};

/** The lines of an ansible.cfg. Throws `option-invalid` with its place for a line that is none. */
export const configLines = (file: SourceFile): readonly WrittenSetting[] => {
  const settings: WrittenSetting[] = [];
  let section = '';
  let offset = 0;
  for (const raw of file.text.split('\n')) {
    const line = raw.replace(/\s;.*$/, '').trimEnd();
    const position = { file, offset };
    offset += raw.length + 1;
    const last = settings.at(-1);
    if (line.trim() === '' || /^\s*[#;]/.test(line)) continue;
    const header = /^\[([^\]]+)\]\s*$/.exec(line);
    const entry = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header) section = header[1] as string;
    else if (/^\s/.test(line) && last)
      settings[settings.length - 1] = { ...last, text: `${last.text}\n${line.trim()}` };
    else if (entry && section !== '')
      settings.push({ section, key: (entry[1] as string).toLowerCase(), text: entry[2] as string, position });
    else
      throw sourceError('option-invalid', 'This line of ansible.cfg is no setting.', position, {
        hint: 'Write [section] and key = value.',
      });
  }
  return settings;
};

/** The settings of a ratchet.yml, under the names that ansible.cfg has. Throws `option-invalid` with its place. */
export const ratchetLines = async (path: string): Promise<readonly WrittenSetting[]> => {
  const node = loadYaml(await readSource(path));
  if (node === null) return [];
  if (node.kind !== 'map') throw sourceError('option-invalid', 'ratchet.yml must be a mapping.', node.position);
  const rows = Object.values(SETTINGS);
  return node.entries.map(({ key, value }) => {
    const name = key.kind === 'scalar' ? String(key.value) : '';
    const row = rows.find(({ keys }) => keys.includes(name));
    if (!row)
      throw sourceError('option-invalid', `There is no setting "${name}".`, key.position, {
        hint:
          didYouMean(
            name,
            rows.flatMap(({ keys }) => keys),
          ) ?? 'docs/settings.md lists all.',
      });
    const plain = toPlain(nodeToValue(value));
    const text = Array.isArray(plain) ? plain.map(String).join(row.kind === 'paths' ? ':' : ',') : String(plain);
    return { section: row.section, key: name, text, position: value.position };
  });
};
