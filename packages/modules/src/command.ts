import type { ActionModule, CommandOutput, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { flag, oneOrMore, text } from './parameter-values.js';

const params = z
  .strictObject({
    _raw_params: text.optional(),
    cmd: text.optional(),
    argv: oneOrMore(text).optional(),
    chdir: text.optional(),
    creates: text.optional(),
    removes: text.optional(),
    stdin: text.optional(),
    stdin_add_newline: flag.default(true),
  })
  .refine((given) => [given._raw_params, given.cmd, given.argv].filter((one) => one !== undefined).length === 1, {
    message: 'give one of: the command as text, cmd, argv',
  });
type Params = z.infer<typeof params>;

// The rules by which a Windows program takes its command line apart: backslashes count only before a quote.
const windowsWord = (word: string): string =>
  /^[^\s"&|<>^()%!]+$/.test(word) ? word : `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;

const posixWord = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** The command line of a list of words, for cmd.exe or for /bin/sh. */
export const commandLine = (words: readonly string[], local: boolean): string =>
  words.map(local ? posixWord : windowsWord).join(' ');

const isThere = async (path: string, host: HostWriter): Promise<boolean> => {
  const local = host.connection.kind === 'local';
  const { rc } = await host.query(
    local ? `test -e ${posixWord(path)}` : `if exist "${path.replaceAll('"', '')}" (exit /b 0) else (exit /b 1)`,
  );
  return rc === 0;
};

const skipReason = async ({ creates, removes }: Params, host: HostWriter): Promise<string | null> => {
  if (creates !== undefined && (await isThere(creates, host))) return `skipped, since ${creates} exists`;
  if (removes !== undefined && !(await isThere(removes, host))) return `skipped, since ${removes} does not exist`;
  return null;
};

const lines = (output: string): readonly string[] => (output === '' ? [] : output.split(/\r\n|\r|\n/));

const withoutEnd = (output: string): string => output.replace(/[\r\n]+$/, '');

const input = ({ stdin, stdin_add_newline }: Params): { readonly stdin?: string } =>
  stdin === undefined ? {} : { stdin: stdin_add_newline ? `${stdin}\n` : stdin };

const outputValues = (output: CommandOutput): Readonly<Record<string, unknown>> => {
  const [stdout, stderr] = [withoutEnd(output.stdout), withoutEnd(output.stderr)];
  return { rc: output.rc, stdout, stderr, stdout_lines: lines(stdout), stderr_lines: lines(stderr) };
};

const stamp = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

/** A command as the user wrote it. A code other than 0 fails. */
export const command: ActionModule<Params> = {
  kind: 'action',
  name: 'command',
  aliases: ['win_command', 'ansible.builtin.command', 'ansible.windows.win_command'],
  summary: "Runs a command in the host's cmd.exe",
  params,
  parameters: {
    _raw_params: { description: 'The command' },
    cmd: { description: 'The command' },
    argv: { description: 'The command as a list of words' },
    chdir: { description: 'The folder to run it in' },
    creates: { description: 'Do nothing when this path exists' },
    removes: { description: 'Do nothing when this path does not exist' },
    stdin: { description: 'What the command reads' },
    stdin_add_newline: { description: 'End it with a line break', default: true },
  },
  freeForm: '_raw_params',
  checkMode: 'skips',
  needsHost: true,
  async run(given, host, context) {
    const local = host.connection.kind === 'local';
    const line = given.argv ? commandLine(given.argv, local) : (given._raw_params ?? given.cmd ?? '').trim();
    if (line === '') return { failed: true, msg: 'no command given', values: { rc: 256 } };
    const reason = await skipReason(given, host);
    if (reason !== null)
      return { changed: false, msg: reason, values: { cmd: line, rc: 0, stdout: reason, stdout_lines: [reason] } };
    const start = context.now();
    const { chdir } = given;
    const output = await host.run(line, {
      ...input(given),
      ...(chdir === undefined ? {} : { chdir }),
      signal: context.signal,
    });
    const end = context.now();
    const values = { cmd: line, ...outputValues(output), start: stamp(start), end: stamp(end), delta_ms: end - start };
    const changes = [{ kind: 'command', command: line, restart: false } as const];
    if (output.rc === 0) return { changed: true, values, changes };
    return { changed: true, failed: true, msg: 'non-zero return code', values, changes };
  },
};
