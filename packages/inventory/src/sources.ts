import { constants } from 'node:fs';
import { access, open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { RatchetError, type SourceFile } from '@ratchet/core';
import { readSource, type YamlOptions } from '@ratchet/source';
import type { CensusBuilder } from './builder.js';
import { readIniSource } from './ini-source.js';
import { readScriptSource } from './script-source.js';
import { readYamlSource } from './yaml-source.js';

const IGNORED_ENDS = /(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry))$/;
const IGNORED_NAMES = /^(?:\.|(?:host_vars|group_vars|vars_plugins)$)/;

/** Whether a source is a list of hosts (`h1,h2,`): as in Ansible, a path that is there is none, commas in it or not. */
export const isHostList = async (source: string): Promise<boolean> =>
  source.includes(',') &&
  !(await access(source).then(
    () => true,
    () => false,
  ));

const isScript = async (path: string): Promise<boolean> => {
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) return false;
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && (buffer.toString('latin1') === '#!' || buffer.toString('latin1') === '\x7fE');
  } finally {
    await handle.close();
  }
};

// Without a telling extension: INI when the first line that says something is a section, or no mapping.
const looksLikeIni = (file: SourceFile): boolean => {
  const ending = extname(file.path).toLowerCase();
  if (['.yml', '.yaml', '.json'].includes(ending) || file.text.startsWith('$ANSIBLE_VAULT;')) return false;
  const first = file.text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !/^[#;]/.test(line));
  return first !== undefined && !/^(?:---|\{|[^[\s=]+\s*:(?:\s|$))/.test(first);
};

const readHostList = (builder: CensusBuilder, source: string): void => {
  const file = { path: '<host list>', text: source };
  let offset = 0;
  for (const part of source.split(',')) {
    const name = part.trim();
    // A list names hosts as they are: Ansible expands no ranges in it.
    const at = { file, offset };
    if (name !== '') builder.addHosts(name, 'ungrouped', new Map(), source, at, { ranges: false });
    offset += part.length + 1;
  }
};

/** Reads one `-i` source into the builder: a host list, a folder of sources, a script, a YAML or an INI file. */
export const readInventorySource = async (
  builder: CensusBuilder,
  source: string,
  options: YamlOptions,
): Promise<void> => {
  if (await isHostList(source)) return readHostList(builder, source);
  const found = await stat(source).catch((cause: unknown) => {
    throw new RatchetError('file-not-found', `There is no inventory ${source}.`, {
      cause,
      hint: 'Name a file or a folder with -i, or a list of hosts with a comma in it: -i web1,',
      details: { path: source },
    });
  });
  if (found.isDirectory()) return readFolder(builder, source, options);
  if (await isScript(source)) return readScriptSource(builder, source);
  readInventoryText(builder, await readSource(source), options);
};

/** Reads the text of an INI or YAML file, whichever it looks like, into the builder. */
export const readInventoryText = (builder: CensusBuilder, file: SourceFile, options: YamlOptions): void => {
  if (looksLikeIni(file)) readIniSource(builder, file);
  else readYamlSource(builder, file, options);
};

const readFolder = async (builder: CensusBuilder, folder: string, options: YamlOptions): Promise<void> => {
  const names = (await readdir(folder)).filter((name) => !IGNORED_NAMES.test(name) && !IGNORED_ENDS.test(name)).sort();
  for (const name of names) await readInventorySource(builder, join(folder, name), options);
};
