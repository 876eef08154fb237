import { wevtutil, wmic } from './boot-sources.js';
import { fromOem } from './code-page.js';
import { splitArguments } from './command-line.js';
import type { CommandShell } from './command-shell.js';
import { windowsPath } from './file-system.js';
import { versionText } from './machine.js';
import { type CommandResult, NotUnderstood, regWrites, runReg } from './reg-command.js';

/** A command's result; `keepsLevel` leaves %errorlevel% as it was, as `echo` and the like do. */
type Builtin = (rest: string, shell: CommandShell) => CommandResult & { readonly keepsLevel?: boolean };

const EOL = '\r\n';
const say = (stdout: string): ReturnType<Builtin> => ({
  code: 0,
  stdout: `${stdout}${EOL}`,
  stderr: '',
  keepsLevel: true,
});
const quiet: ReturnType<Builtin> = { code: 0, stdout: '', stderr: '', keepsLevel: true };
const ok: CommandResult = { code: 0, stdout: '', stderr: '' };
const fail = (stderr: string, code = 1): CommandResult => ({ code, stdout: '', stderr: `${stderr}${EOL}` });

const paths = (rest: string, shell: CommandShell): readonly string[] =>
  splitArguments(rest)
    .filter((word) => !word.startsWith('/'))
    .map((word) => {
      if (/[*?]/.test(word)) throw new NotUnderstood(`wildcards: ${word}`);
      return windowsPath(word, shell.folder);
    });

const echo: Builtin = (rest) => {
  const text = rest.replace(/^[ .:,;=]/, '');
  if (/^\s*(on|off)\s*$/i.test(rest)) return quiet;
  return say(text);
};

const reg: Builtin = (rest, shell) => {
  const { machine } = shell;
  const args = splitArguments(rest);
  const verb = (args[0] ?? '').toLowerCase();
  if (regWrites(verb)) shell.wrote = true;
  const result = runReg(args, {
    registry: machine.registry,
    files: machine.files,
    folder: shell.folder,
    denied: (path, access) => machine.faults.denied?.(path, access) ?? false,
    unreadable: (path) => machine.faults.unreadable?.(path) ?? false,
    changed: () => machine.faults.afterChange?.(machine.registry),
  });
  if (verb === 'export' && result.code === 0)
    machine.exported.add(windowsPath(args[2] ?? '', shell.folder).toUpperCase());
  return result;
};

/** The files that the words of `del` mean; one without wildcards also where there is none. */
const deleted = (rest: string, shell: CommandShell): readonly string[] =>
  splitArguments(rest)
    .filter((word) => !word.startsWith('/'))
    .map((word) => windowsPath(word, shell.folder))
    .flatMap((path) => (/[*?]/.test(path) ? shell.machine.files.matching(path) : [path]));

const del: Builtin = (rest, shell) => {
  let stderr = '';
  for (const path of deleted(rest, shell)) {
    if (!shell.machine.exported.delete(path.toUpperCase())) shell.wrote = true;
    if (shell.machine.files.entry(path)?.kind === 'file') shell.machine.files.remove(path);
    else stderr += `Could Not Find ${path}${EOL}`;
  }
  // A file that is not there is no failure to cmd.exe.
  return { code: 0, stdout: '', stderr, keepsLevel: true };
};

const type: Builtin = (rest, shell) => {
  let stdout = '';
  for (const path of paths(rest, shell)) {
    if (shell.machine.files.entry(path)?.kind !== 'file') return fail('The system cannot find the file specified.');
    stdout += fromOem(shell.machine.files.read(path));
  }
  return { ...ok, stdout, keepsLevel: true };
};

const move: Builtin = (rest, shell) => {
  const [from, to] = paths(rest, shell);
  if (from === undefined || to === undefined) return fail('The syntax of the command is incorrect.');
  if (!shell.machine.files.entry(from)) return fail('The system cannot find the file specified.');
  shell.wrote = true;
  shell.machine.files.rename(from, to, true);
  return { ...ok, stdout: `        1 file(s) moved.${EOL}` };
};

const mkdir: Builtin = (rest, shell) => {
  for (const path of paths(rest, shell)) {
    if (shell.machine.files.entry(path)) return fail(`A subdirectory or file ${path} already exists.`);
    shell.wrote = true;
    shell.machine.files.makeFolders(path);
  }
  return ok;
};

const rmdir: Builtin = (rest, shell) => {
  for (const path of paths(rest, shell)) {
    if (shell.machine.files.entry(path)?.kind !== 'folder')
      return fail('The system cannot find the file specified.', 2);
    shell.wrote = true;
    shell.machine.files.removeFolder(path);
  }
  return ok;
};

const cd: Builtin = (rest, shell) => {
  const target = rest
    .replace(/^\s*\/d\b/i, '')
    .trim()
    .replaceAll('"', '');
  if (target === '') return say(shell.folder);
  const folder = windowsPath(target, shell.folder);
  if (shell.machine.files.entry(folder)?.kind !== 'folder') return fail('The system cannot find the path specified.');
  shell.folder = folder;
  return quiet;
};

const set: Builtin = (rest, shell) => {
  const text = rest.trimStart();
  const bare = text.startsWith('"') ? text.slice(1, text.lastIndexOf('"')) : text;
  const match = /^([^/=][^=]*)=(.*)$/.exec(bare);
  if (!match) throw new NotUnderstood(`set${rest}`);
  shell.setVariable(match[1] ?? '', match[2] ?? '');
  return quiet;
};

const exit: Builtin = (rest, shell) => {
  const code = rest.replace(/\/b\b/i, '').trim();
  shell.exitCode = code === '' ? shell.errorLevel : Number.parseInt(code, 10) | 0;
  return { ...ok, code: shell.exitCode };
};

const shutdown: Builtin = (rest, shell) => {
  const { machine } = shell;
  const args = splitArguments(rest).map((word) => word.toLowerCase());
  shell.wrote = true;
  const code = machine.faults.shutdown?.(rest.trim());
  if (code !== undefined && code !== 0) return fail(`The restart was refused (${code}).`, code);
  if (args.includes('/a')) return machine.power.abort() ? ok : fail('There was no shutdown to abort.(1116)', 1116);
  if (!args.includes('/r')) throw new NotUnderstood(`shutdown${rest}`);
  const at = args.indexOf('/t');
  const seconds = at < 0 ? 30 : Number(args[at + 1]);
  if (!Number.isInteger(seconds) || seconds < 0) return fail('The time is not a number of seconds.', 87);
  return machine.power.schedule(seconds) ? ok : fail('A system shutdown has already been scheduled.(1190)', 1190);
};

/** Permissions are not kept here; a file or folder must be there. */
const icacls: Builtin = (rest, shell) => {
  const path = windowsPath(splitArguments(rest)[0] ?? '', shell.folder);
  if (!shell.machine.files.entry(path)) return fail(`${path}: The system cannot find the file specified.`, 2);
  shell.wrote = true;
  return ok;
};

const nested: Builtin = (rest, shell) => {
  const match = /^(?:\s+\/[qdsa])*\s+\/c\s+(.*)$/i.exec(rest);
  if (!match) throw new NotUnderstood(`cmd${rest}`);
  shell.line((match[1] ?? '').replace(/^"(.*)"\s*$/, '$1'));
  const code = shell.exitCode ?? shell.errorLevel;
  shell.exitCode = null;
  return { ...ok, code };
};

/** `call` reads its command a second time: what a caret kept from being replaced is replaced now. It leaves the error level alone. */
const call: Builtin = (rest, shell) => {
  if (!/^\s+echo\s/i.test(rest)) throw new NotUnderstood(`call${rest}`);
  shell.line(rest.trim());
  return quiet;
};

const only = (rest: string, name: string, result: () => ReturnType<Builtin>): ReturnType<Builtin> => {
  if (rest.trim() !== '') throw new NotUnderstood(`${name}${rest}`);
  return result();
};

/** The line of `whoami /groups` that tells the integrity level: high for an elevated session, medium for a filtered token. */
const labelLine = (isMedium: boolean): string =>
  isMedium
    ? 'Mandatory Label\\Medium Mandatory Level                        Label            S-1-16-8192'
    : 'Mandatory Label\\High Mandatory Level                          Label            S-1-16-12288';

/** The commands that an embedded host understands, by lower-cased name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['echo', echo],
  ['rem', () => quiet],
  ['reg', reg],
  ['del', del],
  ['erase', del],
  ['type', type],
  ['move', move],
  ['mkdir', mkdir],
  ['md', mkdir],
  ['rmdir', rmdir],
  ['rd', rmdir],
  ['cd', cd],
  ['chdir', cd],
  ['icacls', icacls],
  ['set', set],
  ['exit', exit],
  ['shutdown', shutdown],
  ['wevtutil', wevtutil],
  ['wmic', wmic],
  ['cmd', nested],
  ['call', call],
  ['ver', (rest, shell) => only(rest, 'ver', () => say(`${EOL}${versionText(shell.machine.registry)}`))],
  ['hostname', (rest, shell) => only(rest, 'hostname', () => ({ ...say(shell.machine.name), keepsLevel: false }))],
  [
    'whoami',
    (rest, shell) => {
      if (rest.trim().toLowerCase() === '/groups')
        return { ...say(labelLine(shell.machine.faults.notElevated?.() === true)), keepsLevel: false };
      return only(rest, 'whoami', () => ({
        ...say(`${shell.machine.name}\\${shell.machine.user}`.toLowerCase()),
        keepsLevel: false,
      }));
    },
  ],
  ['chcp', (rest) => ({ ...say(`Active code page: ${rest.trim() || '437'}`), keepsLevel: false })],
]);
