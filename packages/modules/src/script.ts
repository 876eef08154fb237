import { randomBytes } from 'node:crypto';
import type { ActionContext, ActionModule, ActionResult, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { badFolder, type CommandParams, decidedAhead } from './command-params.js';
import { splitLines } from './command-result.js';
import { readSource } from './controller-source.js';
import { notFoundHere } from './missing-file.js';
import { text } from './parameter-values.js';
import { posixWord, splitWords } from './shell-words.js';

const params = z
  .strictObject({
    _raw_params: text.optional(),
    cmd: text.optional(),
    chdir: text.optional(),
    creates: text.optional(),
    removes: text.optional(),
    executable: text.optional(),
    decrypt: z.unknown().optional(),
  })
  .refine((given) => (given._raw_params === undefined) !== (given.cmd === undefined), {
    message: 'give the script with its arguments as text, or as cmd',
  });
type Params = z.infer<typeof params>;

/** The script's name and the rest of the line, as it stands. */
const cut = (line: string): { readonly name: string; readonly rest: string } => {
  const quoted = /^(["'])(.*?)\1(.*)$/s.exec(line);
  if (quoted) return { name: quoted[2] as string, rest: (quoted[3] as string).trim() };
  const name = /^\S*/.exec(line)?.[0] ?? '';
  return { name, rest: line.slice(name.length).trim() };
};

const extension = (name: string): string => /\.[A-Za-z0-9]+$/.exec(name)?.[0] ?? '';

const runCopy = async (
  given: Params,
  path: string,
  rest: string,
  host: HostWriter,
  context: ActionContext,
): Promise<ActionResult> => {
  const { files } = host;
  const local = host.connection.kind === 'local';
  const separator = local ? '/' : '\\';
  const copy = `${await files.temporaryFolder()}${separator}ratchet-${randomBytes(8).toString('hex')}${extension(path)}`;
  await files.write(copy, await readSource(context.controller.files, path), 0o700);
  try {
    const program = local ? posixWord(copy) : `"${copy}"`;
    const starter = given.executable === undefined ? '' : `${given.executable} `;
    const line = `${starter}${program}${rest === '' ? '' : ` ${rest}`}`;
    const chdir = given.chdir === undefined ? {} : { chdir: await files.expand(given.chdir) };
    const output = await host.run(line, { ...chdir, signal: context.signal });
    const values = {
      rc: output.rc,
      stdout: output.stdout,
      stderr: output.stderr,
      stdout_lines: splitLines(output.stdout),
      stderr_lines: splitLines(output.stderr),
    };
    const changes = [{ kind: 'command', command: `${path} ${rest}`.trim(), restart: false } as const];
    if (output.rc === 0) return { changed: true, values, changes };
    return { changed: true, failed: true, msg: 'non-zero return code', values, changes };
  } finally {
    await files.remove(copy);
  }
};

const run = async (given: Params, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const { name, rest } = cut((given._raw_params ?? given.cmd ?? '').trim());
  const asCommand: CommandParams = {
    ...given,
    stdin_add_newline: true,
    strip_empty_ends: false,
    expand_argument_vars: false,
  };
  const ahead = await decidedAhead(asCommand, name, host, { ...context, checkMode: false });
  if (ahead) {
    const exists = given.creates !== undefined && ahead.msg?.endsWith(' exists') === true;
    const why = exists
      ? `${given.creates} exists, matching creates`
      : `${given.removes} does not exist, matching removes`;
    return { skipped: true, msg: `${why} option` };
  }
  const local = name.startsWith('~') ? await context.controller.files.expand(name) : name;
  const path = context.findFile('files', local);
  if (path === undefined) return { failed: true, msg: notFoundHere(name, context.searched('files', name)) };
  if (context.checkMode)
    return given.creates === undefined && given.removes === undefined
      ? { skipped: true, msg: 'Command would have run if not in check mode' }
      : { changed: true };
  const wrong = await badFolder(given.chdir, name, host);
  if (wrong) return wrong;
  if (splitWords(rest) === null) return { failed: true, msg: `The arguments of ${name} have an open quote.` };
  return runCopy(given, path, rest, host, context);
};

/** A script of the controller, run on the host. */
export const script: ActionModule<Params> = {
  kind: 'action',
  name: 'script',
  aliases: ['ansible.builtin.script'],
  summary: 'Copies a script to the host, runs it there and removes it',
  params,
  parameters: {
    _raw_params: { description: 'The script (looked for in `files/`) and its arguments' },
    cmd: { description: 'The same' },
    chdir: { description: 'The folder to run it in' },
    creates: { description: 'Do nothing when this path exists' },
    removes: { description: 'Do nothing when this path does not exist' },
    executable: { description: 'The program that runs it' },
    decrypt: { description: 'Accepted; a script that is a vault is refused', default: true },
  },
  freeForm: '_raw_params',
  checkMode: 'runs',
  needsHost: true,
  run,
};
