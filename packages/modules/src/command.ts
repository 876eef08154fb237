import type { ActionContext, ActionModule, ActionResult, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import {
  badFolder,
  type CommandParams,
  commandFields,
  commandParameters,
  decidedAhead,
  inputOf,
} from './command-params.js';
import { notRun, timed } from './command-result.js';
import { commandLine, posixWord, splitWords } from './shell-words.js';

const params = z
  .strictObject(commandFields)
  .refine((given) => given._raw_params === undefined || given.cmd === undefined, {
    message: 'give the command as text or as cmd, not both',
  });

interface Prepared {
  /** What the result calls the command. */
  readonly cmd: string | readonly string[];
  readonly line: string;
  /** The program, where it is known. */
  readonly program?: string;
}

/** What to run: on this machine words without a shell, on Windows a command line for cmd.exe. */
const prepared = async (given: CommandParams, host: HostWriter): Promise<Prepared | null> => {
  const text = (given._raw_params ?? given.cmd ?? '').trim();
  if (given.argv === undefined && text === '') return null;
  if (host.connection.kind !== 'local') {
    const line = given.argv ? commandLine(given.argv, false) : text;
    return { cmd: given.argv ?? line, line };
  }
  const words = given.argv ?? splitWords(text);
  if (words === null) return { cmd: text, line: text };
  const expanded = given.expand_argument_vars ? await Promise.all(words.map((word) => host.files.expand(word))) : words;
  // `exec` finds programs only, never what is built into the shell.
  const [program = ''] = expanded;
  return { cmd: words, line: `exec ${expanded.map(posixWord).join(' ')}`, program };
};

/** A program that the shell could not start, told as Ansible tells it. */
const notStarted = async (
  result: ActionResult,
  { program, cmd }: Prepared,
  host: HostWriter,
  chdir: string | undefined,
): Promise<ActionResult> => {
  const rc = result.values?.['rc'];
  if (program === undefined || (rc !== 126 && rc !== 127)) return result;
  const options = chdir === undefined ? {} : { chdir };
  const found = await host.run(`command -v ${posixWord(program)}`, options);
  if (found.rc === 0 && rc === 127) return result;
  const shown = typeof cmd === 'string' ? cmd : cmd.join(' ');
  if (rc === 127 || found.stdout === '') {
    const at = program.includes('/') ? await host.files.status(program, true) : null;
    if (at === null)
      return {
        failed: true,
        msg: `[Errno 2] No such file or directory: b'${program}'`,
        values: { ...notRun(shown, 2, ''), start: undefined },
      };
  }
  return { failed: true, msg: `[Errno 13] Permission denied: b'${program}'`, values: notRun(shown, 13, '') };
};

/** A command has no shell: as with Ansible, one that is named is not used, and said so. */
const warned = (executable: string | undefined, result: ActionResult): ActionResult => {
  if (executable === undefined) return result;
  const warning = `command runs its program without a shell; executable is no longer supported there, and ${executable} was not used`;
  return { ...result, values: { ...result.values, warnings: [warning] } };
};

const run = async (given: CommandParams, host: HostWriter, context: ActionContext): Promise<ActionResult> =>
  warned(given.executable, await runProgram(given, host, context));

const runProgram = async (given: CommandParams, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const text = given._raw_params ?? given.cmd;
  if (given.argv && text !== undefined && text.trim() !== '')
    return { failed: true, msg: 'only command or argv can be given, not both', values: notRun(text, 256, '') };
  const ready = await prepared(given, host);
  if (ready === null) return { failed: true, msg: 'no command given', values: notRun(null, 256, '') };
  const early =
    (await badFolder(given.chdir, ready.cmd, host)) ?? (await decidedAhead(given, ready.cmd, host, context));
  if (early) return early;
  const chdir = given.chdir === undefined ? undefined : await host.files.expand(given.chdir);
  const result = await timed(ready.cmd, ready.line.replace(/^exec /, ''), given.strip_empty_ends, context, () =>
    host.run(ready.line, {
      ...inputOf(given),
      ...(chdir === undefined ? {} : { chdir }),
      signal: context.signal,
    }),
  );
  return notStarted(result, ready, host, chdir);
};

/** A program with its arguments, not run by a shell on this machine. A code other than 0 fails. */
export const command: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'command',
  aliases: ['ansible.builtin.command'],
  summary: "Runs a program: on the controller without a shell, on Windows in the host's cmd.exe",
  params,
  parameters: { ...commandParameters, executable: { description: 'Not used, and warned of: there is no shell' } },
  freeForm: '_raw_params',
  checkMode: 'runs',
  needsHost: true,
  run,
};
