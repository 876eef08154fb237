import { type ActionContext, type ActionResult, globRegex, type HostWriter, type ParameterInfo } from '@ratchet/core';
import { z } from 'zod';
import { notRun } from './command-result.js';
import { flag, text } from './parameter-values.js';

/** A list of words; one text is cut at commas, as Ansible cuts every list. */
export const words = z.preprocess(
  (given) => (typeof given === 'string' ? given.split(',') : given),
  z.array(text).min(1),
);

/** A path; `yes` is the name that Python gives it, as with Ansible. */
const path = z.union([text, z.boolean().transform((given) => (given ? 'True' : 'False'))]);

/** Parameters that command and shell share. */
export const commandFields = {
  _raw_params: text.optional(),
  cmd: text.optional(),
  argv: words.optional(),
  chdir: text.optional(),
  creates: path.optional(),
  removes: path.optional(),
  executable: text.optional(),
  stdin: text.optional(),
  stdin_add_newline: flag.default(true),
  strip_empty_ends: flag.default(true),
  expand_argument_vars: flag.default(true),
};

/** What they mean, for the reference. */
export const commandParameters: Readonly<Record<string, ParameterInfo>> = {
  _raw_params: { description: 'The command' },
  cmd: { description: 'The command' },
  argv: { description: 'The command as a list of words' },
  chdir: { description: 'The folder to run it in' },
  creates: { description: 'Do nothing when this path exists (shell patterns allowed)' },
  removes: { description: 'Do nothing when this path does not exist (shell patterns allowed)' },
  executable: { description: 'The shell to run it in, in the place of /bin/sh' },
  stdin: { description: 'What the command reads' },
  stdin_add_newline: { description: 'End it with a line break', default: true },
  strip_empty_ends: { description: 'Cut line breaks off the end of the output', default: true },
  expand_argument_vars: { description: 'Replace `$VARIABLE` and `~` in the words of a command', default: true },
};

export interface CommandParams {
  readonly _raw_params?: string | undefined;
  readonly cmd?: string | undefined;
  readonly argv?: readonly string[] | undefined;
  readonly chdir?: string | undefined;
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly executable?: string | undefined;
  readonly stdin?: string | undefined;
  readonly stdin_add_newline: boolean;
  readonly strip_empty_ends: boolean;
  readonly expand_argument_vars: boolean;
}

/** What the command reads, as options of `run`. */
export const inputOf = ({ stdin, stdin_add_newline }: CommandParams): { readonly stdin?: string } =>
  stdin === undefined ? {} : { stdin: stdin_add_newline ? `${stdin}\n` : stdin };

const joined = (folder: string | undefined, path: string): string =>
  folder === undefined || /^(?:\/|~|[A-Za-z]:|\\|%)/.test(path) ? path : `${folder}/${path}`;

/** Whether anything is at a path, in which the last part may be a shell pattern. */
const isThere = async (path: string, host: HostWriter): Promise<boolean> => {
  const place = await host.files.expand(path);
  const cut = Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\'));
  const name = place.slice(cut + 1);
  if (!/[*?[]/.test(name)) return (await host.files.status(place, false)) !== null;
  const folder = cut === -1 ? '.' : place.slice(0, cut) || '/';
  if ((await host.files.status(folder, true))?.kind !== 'directory') return false;
  return (await host.files.list(folder)).some((one) => globRegex(name).test(one));
};

/** The result of a command that need not or may not run: by `creates`, `removes`, check mode; null when it is to run. */
export const decidedAhead = async (
  given: CommandParams,
  cmd: string | readonly string[],
  host: HostWriter,
  context: ActionContext,
): Promise<ActionResult | null> => {
  const { creates, removes, chdir } = given;
  if (creates !== undefined && (await isThere(joined(chdir, creates), host)))
    return {
      msg: `${context.checkMode ? 'Would' : 'Did'} not run command since '${creates}' exists`,
      values: notRun(cmd, 0, `skipped, since ${creates} exists`),
    };
  if (removes !== undefined && !(await isThere(joined(chdir, removes), host)))
    return {
      msg: `${context.checkMode ? 'Would' : 'Did'} not run command since '${removes}' does not exist`,
      values: notRun(cmd, 0, `skipped, since ${removes} does not exist`),
    };
  if (!context.checkMode) return null;
  const msg = 'Command would have run if not in check mode';
  const values = notRun(cmd, 0, '');
  return creates === undefined && removes === undefined
    ? { skipped: true, guessed: true, msg, values }
    : { changed: true, guessed: true, msg, values };
};

/** Why a folder cannot be entered, as a failed result, or null. */
export const badFolder = async (
  chdir: string | undefined,
  cmd: string | readonly string[],
  host: HostWriter,
): Promise<ActionResult | null> => {
  if (chdir === undefined) return null;
  const found = await host.files.status(await host.files.expand(chdir), true);
  if (found?.kind === 'directory') return null;
  const reason = found ? '[Errno 20] Not a directory' : '[Errno 2] No such file or directory';
  const msg = `Unable to change directory before execution: ${reason}: b'${chdir}'`;
  return { failed: true, msg, values: notRun(cmd, null, '') };
};
