import type { RegistryData, RegistryKey, RegistryWrite } from '@ratchet/core';
import type { MemoryFiles } from './file-system.js';
import { windowsPath } from './file-system.js';
import { keyParts, type MemoryRegistry, type RegistryView, toView64 } from './memory-registry.js';
import { exportText, parseRegFile, RegFileError } from './reg-file.js';

/** What a command gave: text to encode in the console's code page, and a 32-bit exit code. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `reg` works on. */
export interface RegContext {
  readonly registry: MemoryRegistry;
  readonly files: MemoryFiles;
  readonly folder: string;
  /** Whether the user may not read or write this key (canonical path of the 64-bit view). */
  denied(path: string, access: 'read' | 'write'): boolean;
  /** Whether `reg` cannot open this file (canonical path). */
  unreadable(path: string): boolean;
  /** Called after an import, add or delete was made. */
  changed(): void;
}

/** A use of `reg` that this host does not do. */
export class NotUnderstood extends Error {}

const EOL = '\r\n';
const done: CommandResult = { code: 0, stdout: `The operation completed successfully.${EOL}`, stderr: '' };
const failed = (text: string, stdout = ''): CommandResult => ({ code: 1, stdout, stderr: `ERROR: ${text}${EOL}` });
const missing = (): CommandResult => failed('The system was unable to find the specified registry key or value.');
const accessDenied = (stdout = ''): CommandResult => failed('Access is denied.', stdout);

interface Options {
  readonly positional: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly named: ReadonlyMap<string, string>;
  readonly view: RegistryView;
}

const NAMED = ['/v', '/t', '/d', '/s'];

/** `/s` takes a separator only in `add`; elsewhere it is a flag. */
const options = (verb: string, args: readonly string[]): Options => {
  const positional: string[] = [];
  const flags = new Set<string>();
  const named = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const flag = arg.toLowerCase();
    if (!arg.startsWith('/')) positional.push(arg);
    else if (NAMED.includes(flag) && (flag !== '/s' || verb === 'add')) {
      index += 1;
      named.set(flag, args[index] ?? '');
    } else flags.add(flag);
  }
  for (const flag of flags)
    if (!['/ve', '/va', '/s', '/f', '/y', '/reg:64', '/reg:32'].includes(flag)) throw new NotUnderstood(`reg ${flag}`);
  return { positional, flags, named, view: flags.has('/reg:32') ? '32' : '64' };
};

const longPath = (typed: string): string | null => keyParts(typed)?.join('\\') ?? null;

const shownData = (data: RegistryData): string => {
  if ('text' in data) return data.text;
  if ('number' in data) return `0x${data.number.toString(16)}`;
  if ('items' in data) return data.items.join('\\0');
  return data.hex.toUpperCase();
};

const shownType = (data: RegistryData): string => (data.type === 'other' ? `REG_TYPE_${data.typeNumber}` : data.type);

const valueLine = (name: string, data: RegistryData): string =>
  `    ${name === '' ? '(Default)' : name}    ${shownType(data)}    ${shownData(data)}${EOL}`;

/** The key with its subtree under the path that was asked for (the view's own names). */
const renamed = (key: RegistryKey, path: string): RegistryKey => ({
  path,
  values: key.values,
  subkeys: key.subkeys.map((child) => renamed(child, `${path}\\${child.path.slice(child.path.lastIndexOf('\\') + 1)}`)),
});

const isDenied = (context: RegContext, path: string, view: RegistryView, access: 'read' | 'write'): boolean => {
  const parts = keyParts(path);
  return parts !== null && context.denied(toView64(parts, view).join('\\'), access);
};

const query = (context: RegContext, { positional, flags, named, view }: Options): CommandResult => {
  const path = longPath(positional[0] ?? '');
  if (path === null) return failed('Invalid key name.');
  if (isDenied(context, path, view, 'read')) return accessDenied();
  const found = context.registry.key(path, view);
  if (!found) return missing();
  const key = renamed(found, path);
  const wanted = flags.has('/ve') ? '' : named.get('/v');
  if (flags.has('/s')) return queryTree(context, key, view, wanted);
  if (wanted !== undefined) {
    const value = context.registry.value(path, wanted, view);
    if (value) return { code: 0, stdout: `${EOL}${path}${EOL}${valueLine(value.name, value.data)}${EOL}`, stderr: '' };
    // Windows answers for an unnamed value that was never set; the text is localized there.
    if (wanted === '')
      return {
        code: 0,
        stdout: `${EOL}${path}${EOL}    (Default)    REG_SZ    (value not set)${EOL}${EOL}`,
        stderr: '',
      };
    return missing();
  }
  const lines = key.values.map((value) => valueLine(value.name, value.data)).join('');
  const subkeys = key.subkeys.map((child) => `${child.path}${EOL}`).join('');
  const head = key.values.length > 0 || key.subkeys.length === 0 ? `${path}${EOL}${lines}${EOL}` : '';
  return { code: 0, stdout: `${EOL}${head}${subkeys}`, stderr: '' };
};

const queryTree = (context: RegContext, key: RegistryKey, view: RegistryView, wanted?: string): CommandResult => {
  let stdout = '';
  let refused = false;
  const walk = (at: RegistryKey): void => {
    if (isDenied(context, at.path, view, 'read')) {
      refused = true;
      return;
    }
    const values = at.values.filter(({ name }) => wanted === undefined || name.toUpperCase() === wanted.toUpperCase());
    if (values.length > 0 || wanted === undefined)
      stdout += `${EOL}${at.path}${EOL}${values.map((value) => valueLine(value.name, value.data)).join('')}`;
    for (const child of at.subkeys) walk(child);
  };
  walk(key);
  if (refused) return accessDenied(stdout);
  return stdout === '' ? missing() : { code: 0, stdout: `${stdout}${EOL}`, stderr: '' };
};

const wholeNumber = (text: string): bigint | null => (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : null);

const addedData = (type: string, text: string, separator: string): RegistryData | null => {
  const number = wholeNumber(text === '' ? '0' : text);
  switch (type.toUpperCase()) {
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
      return { type: type.toUpperCase() === 'REG_SZ' ? 'REG_SZ' : 'REG_EXPAND_SZ', text };
    case 'REG_DWORD':
      return number !== null && number <= 0xffffffffn ? { type: 'REG_DWORD', number: Number(number) } : null;
    case 'REG_QWORD':
      return number !== null && number <= 0xffffffffffffffffn ? { type: 'REG_QWORD', number } : null;
    case 'REG_MULTI_SZ':
      return { type: 'REG_MULTI_SZ', items: text === '' ? [] : text.split(separator) };
    case 'REG_BINARY':
    case 'REG_NONE':
      return /^([0-9a-f]{2})*$/i.test(text)
        ? { type: type.toUpperCase() === 'REG_NONE' ? 'REG_NONE' : 'REG_BINARY', hex: text.toLowerCase() }
        : null;
    default:
      return null;
  }
};

const add = (context: RegContext, { positional, flags, named, view }: Options): CommandResult => {
  const path = longPath(positional[0] ?? '');
  if (path === null) return failed('Invalid key name.');
  if (isDenied(context, path, view, 'write')) return accessDenied();
  const name = flags.has('/ve') ? '' : named.get('/v');
  if (name !== undefined && context.registry.value(path, name, view) && !flags.has('/f'))
    return failed('The value exists and there is no answer on standard input.');
  context.registry.createKey(path, view);
  if (name !== undefined) {
    const data = addedData(named.get('/t') ?? 'REG_SZ', named.get('/d') ?? '', named.get('/s') ?? '\\0');
    if (!data) return failed('Invalid syntax.');
    context.registry.set(path, name, data, view);
  }
  context.changed();
  return done;
};

const remove = (context: RegContext, { positional, flags, named, view }: Options): CommandResult => {
  const path = longPath(positional[0] ?? '');
  if (path === null) return failed('Invalid key name.');
  if (isDenied(context, path, view, 'write')) return accessDenied();
  if (!flags.has('/f')) return failed('There is no answer on standard input.');
  const key = context.registry.key(path, view);
  if (!key) return missing();
  const name = flags.has('/ve') ? '' : named.get('/v');
  if (flags.has('/va')) for (const value of key.values) context.registry.deleteValue(path, value.name, view);
  else if (name === undefined) context.registry.deleteKey(path, view);
  else if (!context.registry.deleteValue(path, name, view)) return missing();
  context.changed();
  return done;
};

const exportKey = (context: RegContext, { positional, flags, view }: Options): CommandResult => {
  const path = longPath(positional[0] ?? '');
  if (path === null || positional[1] === undefined) return failed('Invalid syntax.');
  if (isDenied(context, path, view, 'read')) return accessDenied();
  const key = context.registry.key(path, view);
  if (!key) return missing();
  const file = windowsPath(positional[1], context.folder);
  if (context.files.entry(file) && !flags.has('/y')) return failed('The file exists.');
  context.files.write(file, exportText(renamed(key, path)));
  return done;
};

const importFile = (context: RegContext, { positional, view }: Options): CommandResult => {
  const file = windowsPath(positional[0] ?? '', context.folder);
  if (context.files.entry(file)?.kind !== 'file' || context.unreadable(file)) return failed('Error opening the file.');
  let writes: readonly RegistryWrite[];
  try {
    writes = parseRegFile(context.files.read(file));
  } catch (error) {
    if (error instanceof RegFileError) return failed(`The specified file is not a registry script (${error.message}).`);
    throw error;
  }
  const refused = writes.some((write) => isDenied(context, write.path, view, 'write'));
  // As Windows does, what may be written is written before the failure is told.
  context.registry.apply(
    writes.filter((write) => keyParts(write.path) !== null && !isDenied(context, write.path, view, 'write')),
    view,
  );
  context.changed();
  if (refused) return failed('Error accessing the registry.');
  return { code: 0, stdout: '', stderr: done.stdout };
};

/** Whether a `reg` verb writes to the registry. */
export const regWrites = (verb: string): boolean => ['add', 'delete', 'import'].includes(verb.toLowerCase());

/** Runs `reg VERB ARGS…`. Errors: `NotUnderstood` for a verb or switch that this host does not do. */
export const runReg = (args: readonly string[], context: RegContext): CommandResult => {
  const verb = (args[0] ?? '').toLowerCase();
  const parsed = options(verb, args.slice(1));
  if (verb === 'query') return query(context, parsed);
  if (verb === 'add') return add(context, parsed);
  if (verb === 'delete') return remove(context, parsed);
  if (verb === 'export') return exportKey(context, parsed);
  if (verb === 'import') return importFile(context, parsed);
  throw new NotUnderstood(`reg ${verb}`);
};
