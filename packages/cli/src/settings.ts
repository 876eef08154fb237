import { dirname, join, resolve } from 'node:path';
import { type Position, RatchetError, sourceError } from '@ratchet/core';
import { readSource } from '@ratchet/source';
import { configLines, findConfig, ratchetLines, type WrittenSetting } from './settings-file.js';
import { HARMLESS_KEYS, NOT_HONOURED_ENV, SETTINGS, type SettingName, type SettingRow } from './settings-table.js';

/** Settings from the environment, ratchet.yml and ansible.cfg, in this order; flags stand above all of them. */
export interface Settings {
  /** The ansible.cfg that was read. */
  readonly configFile?: string;
  /** What a person should hear of: settings that do not count here. */
  readonly warnings: readonly string[];
  /** The text of a setting as a person wrote it. */
  text(name: SettingName): string | undefined;
  /** A yes or no. Throws `option-invalid`. */
  flag(name: SettingName): boolean | undefined;
  /** A whole number from 1 on. Throws `option-invalid`. */
  whole(name: SettingName): number | undefined;
  /** A file, as seen from the file that names it. */
  path(name: SettingName): string | undefined;
  /** A path as seen from the file that has the setting; a list of hosts stays as it is. */
  beside(name: SettingName, path: string): string;
  /** Folders (with `:` between), or a list (with `,` between), as seen from the file that names them. */
  list(name: SettingName): readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Found {
  readonly text: string;
  readonly position?: Position;
  readonly where: string;
}

const YES = ['true', 'yes', 'on', '1', 'y', 't'];
const NO = ['false', 'no', 'off', '0', 'n', 'f'];

const rows = Object.values(SETTINGS) as readonly SettingRow[];

const isKnown = ({ section, key }: WrittenSetting): boolean =>
  HARMLESS_KEYS.has(key) || rows.some((row) => row.section === section && row.keys.includes(key));

const warningsOf = (lines: readonly WrittenSetting[], env: Environment): readonly string[] => {
  const ofFile = lines
    .filter((line) => !isKnown(line))
    .map(({ section, key, position }) => `${key} of [${section}] in ${position.file.path} does not count for Ratchet.`);
  const ofEnv = NOT_HONOURED_ENV.filter((name) => env[name]).map((name) => `${name} does not count for Ratchet.`);
  return [...ofFile, ...ofEnv];
};

const invalid = ({ where, text, position }: Found, wanted: string): RatchetError => {
  const message = `${where} must be ${wanted}, not "${text}".`;
  return position ? sourceError('option-invalid', message, position) : new RatchetError('option-invalid', message);
};

const expanded = (text: string, found: Found, env: Environment, cwd: string): string => {
  const base = found.position ? dirname(resolve(cwd, found.position.file.path)) : cwd;
  return resolve(base, text.replace(/^~(?=\/|$)/, env['HOME'] ?? '~').replaceAll('{{CWD}}', cwd));
};

const pieces = (text: string, mark: string): readonly string[] =>
  text
    .split(mark)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const readers = (
  find: (name: SettingName) => Found | undefined,
  env: Environment,
  cwd: string,
): Omit<Settings, 'warnings'> => ({
  text: (name) => find(name)?.text,
  flag: (name) => {
    const found = find(name);
    const word = found?.text.toLowerCase();
    if (!found || word === undefined) return undefined;
    if (!YES.includes(word) && !NO.includes(word)) throw invalid(found, 'yes or no');
    return YES.includes(word);
  },
  whole: (name) => {
    const found = find(name);
    if (!found) return undefined;
    if (!/^[1-9]\d*$/.test(found.text)) throw invalid(found, 'a whole number from 1 on');
    return Number(found.text);
  },
  path: (name) => {
    const found = find(name);
    return found && expanded(found.text, found, env, cwd);
  },
  beside: (name, path) => {
    const found = find(name);
    return found && !path.includes(',') ? expanded(path, found, env, cwd) : path;
  },
  list: (name) => {
    const found = find(name);
    if (!found) return [];
    if (SETTINGS[name].kind === 'paths') return pieces(found.text, ':').map((part) => expanded(part, found, env, cwd));
    return pieces(found.text, ',');
  },
});

const refuse = (settings: Settings): void => {
  const refused = (message: string, hint: string) => new RatchetError('not-supported', message, { hint });
  if (settings.text('hashBehaviour')?.toLowerCase() === 'merge')
    throw refused(
      'hash_behaviour = merge is not supported.',
      'Take it out, and use the combine filter where mappings are merged.',
    );
  if (settings.flag('errorOnUndefined') === false)
    throw refused(
      'error_on_undefined_vars = false is not supported.',
      'Give what may be undefined a default: {{ x | default("") }}.',
    );
};

/** Reads the settings. Throws file errors, `option-invalid` with its place, and `not-supported` for what would change every playbook. */
export const readSettings = async (env: Environment, cwd: string): Promise<Settings> => {
  const { path, warning } = await findConfig(env, cwd);
  const config = path === undefined ? [] : configLines(await readSource(path));
  const own = await ratchetLines(join(cwd, 'ratchet.yml')).catch((thrown: unknown) => {
    if (thrown instanceof RatchetError && thrown.code === 'file-not-found') return [];
    throw thrown;
  });
  const find = (name: SettingName): Found | undefined => {
    const row: SettingRow = SETTINGS[name];
    const variable = row.env.find((key) => env[key] !== undefined && env[key] !== '');
    if (variable) return { text: env[variable] ?? '', where: variable };
    const line = [own, config]
      .flatMap((lines) =>
        lines.filter(({ section, key }) => section === row.section && row.keys.includes(key)).slice(-1),
      )
      .at(0);
    return line && { text: line.text, position: line.position, where: line.key };
  };
  const warnings = [...(warning ? [warning] : []), ...warningsOf(config, env)];
  const settings = { ...readers(find, env, cwd), warnings, ...(path === undefined ? {} : { configFile: path }) };
  refuse(settings);
  return settings;
};
