import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type ActionContext,
  type ActionModule,
  type ActionResult,
  type Dict,
  pythonRegex,
  RatchetError,
  type Value,
} from '@ratchet/core';
import { z } from 'zod';
import { flag, oneOrMore, text } from './parameter-values.js';
import { type FolderChoice, filesBelow, hasEnding } from './variable-files.js';

const pattern = (tail: string) =>
  text.transform((source, context): RegExp => {
    try {
      return pythonRegex(source + tail, {}, 'param-invalid');
    } catch (thrown) {
      if (!(thrown instanceof RatchetError)) throw thrown;
      context.addIssue({ code: 'custom', message: `${JSON.stringify(source)} is not a regular expression` });
      return z.NEVER;
    }
  });

const DIR_ONLY = ['depth', 'files_matching', 'ignore_files', 'extensions', 'ignore_unknown_extensions'] as const;

const params = z
  .strictObject({
    _raw_params: text.optional(),
    file: text.optional(),
    dir: text.optional(),
    name: text.optional(),
    depth: z.coerce.number().int().min(0).optional(),
    files_matching: pattern('').optional(),
    ignore_files: oneOrMore(pattern('$')).optional(),
    extensions: oneOrMore(text).optional(),
    ignore_unknown_extensions: flag.optional(),
    hash_behaviour: z.enum(['replace', 'merge']).optional(),
  })
  .superRefine((given, context) => {
    const file = given.file ?? given._raw_params;
    const wrong = (message: string): void => context.addIssue({ code: 'custom', message });
    if (file === undefined && given.dir === undefined) wrong('give a file or a dir');
    const ofDir = [
      ...(given.dir === undefined ? [] : ['dir']),
      ...DIR_ONLY.filter((name) => given[name] !== undefined),
    ];
    if (file !== undefined && ofDir.length > 0) wrong(`file and ${ofDir.join(', ')} do not go together`);
  });
type Params = z.infer<typeof params>;

interface Read {
  readonly vars: Dict;
  readonly files: readonly string[];
}

const isDict = (value: Value | undefined): value is Dict => value instanceof Map;

const deepMerge = (below: Dict, above: Dict): Dict => {
  const merged = new Map(below);
  for (const [key, value] of above) {
    const known = merged.get(key);
    merged.set(key, isDict(known) && isDict(value) ? deepMerge(known, value) : value);
  }
  return merged;
};

const failed = (msg: string, read: Read): ActionResult => ({
  failed: true,
  msg,
  values: { message: msg, ansible_included_var_files: read.files },
});

// As in Ansible: below `vars` of the role that the task stands in, or beside the task's file.
const folderOf = (dir: string, { role, folder }: ActionContext['place']): string => {
  if (role === undefined) return resolve(folder, dir);
  return dir.split('/')[0] === 'vars' ? resolve(role, dir) : resolve(role, 'vars', dir);
};

const choiceOf = (given: Params): FolderChoice => ({
  depth: given.depth ?? 0,
  extensions: given.extensions ?? ['yaml', 'yml', 'json'],
  filesMatching: given.files_matching,
  ignoreFiles: given.ignore_files ?? [],
  ignoreUnknownExtensions: given.ignore_unknown_extensions ?? false,
});

const readFolder = async (dir: string, given: Params, context: ActionContext): Promise<Read | ActionResult> => {
  const folder = folderOf(dir, context.place);
  const none: Read = { vars: new Map(), files: [] };
  const found = await stat(folder).catch(() => undefined);
  if (!found) return failed(`${folder} directory does not exist`, none);
  if (!found.isDirectory()) return failed(`${folder} is not a directory`, none);
  const choice = choiceOf(given);
  const vars: Dict = new Map();
  const files: string[] = [];
  for (const path of await filesBelow(folder, choice)) {
    if (!hasEnding(path, choice.extensions)) {
      if (choice.ignoreUnknownExtensions) continue;
      const known = choice.extensions.join(', ');
      return failed(`${path} does not have a valid extension: ${known}`, { vars, files });
    }
    files.push(path);
    for (const [key, value] of await context.readVariables(path)) vars.set(key, value);
  }
  return { vars, files };
};

const readFile = async (name: string, context: ActionContext): Promise<Read | ActionResult> => {
  if (name.trim() === '')
    return failed('Could not find file: its name came to an empty text.', { vars: new Map(), files: [] });
  const path = context.findFile('vars', name);
  if (path === undefined) {
    const looked = context.searched('vars', name).map((place) => `\n\t${resolve(place)}`);
    return failed(`Could not find or access '${name}'\nSearched in:${looked.join('')}`, { vars: new Map(), files: [] });
  }
  return { vars: await context.readVariables(path), files: [resolve(path)] };
};

/** Variables of files or folders for the host, from here on. */
export const includeVars: ActionModule<Params> = {
  kind: 'action',
  name: 'include_vars',
  aliases: ['ansible.builtin.include_vars'],
  summary: 'Reads variables from files or folders while a play runs',
  params,
  freeForm: '_raw_params',
  parameters: {
    file: { description: 'The file, looked for in vars/ of the role, beside the task file and beside the playbook' },
    dir: { description: 'The folder, below vars/ of the role or beside the task file' },
    name: { description: 'Everything goes into a variable of this name' },
    depth: { description: 'Levels of folders', default: 0 },
    files_matching: { description: 'Regular expression that names match' },
    ignore_files: { description: 'Regular expressions of the ends of names to leave out' },
    extensions: { description: 'Endings to read', default: ['yaml', 'yml', 'json'] },
    ignore_unknown_extensions: { description: 'Leave out files with other endings', default: false },
    hash_behaviour: { description: 'merge: mappings are merged with those known', choices: ['replace', 'merge'] },
  },
  checkMode: 'runs',
  needsHost: false,
  inMemory: true,
  run: async (given, _host, context) => {
    const name = given.file ?? given._raw_params;
    const read =
      name === undefined ? await readFolder(given.dir as string, given, context) : await readFile(name, context);
    if (!('vars' in read)) return read;
    const whole: Dict = given.name === undefined ? read.vars : new Map<Value, Value>([[given.name, read.vars]]);
    return {
      variables: given.hash_behaviour === 'merge' ? mergedWithKnown(whole, context) : whole,
      values: { ansible_included_var_files: read.files },
    };
  },
};

const mergedWithKnown = (vars: Dict, context: ActionContext): Dict => {
  const known: Dict = new Map();
  for (const [name, value] of vars) {
    const before = isDict(value) ? context.rawVariable(String(name)) : undefined;
    if (before !== undefined) known.set(name, before);
  }
  return deepMerge(known, vars);
};
