import type { ActionModule, ActionResult } from '@ratchet/core';
import { z } from 'zod';
import { words } from './command-params.js';
import { timed } from './command-result.js';
import { text } from './parameter-values.js';
import { commandLine } from './shell-words.js';
import { decidedByPaths, orBadFolder } from './win-paths.js';

const params = z
  .strictObject({
    _raw_params: text.optional(),
    cmd: text.optional(),
    argv: words.optional(),
    chdir: text.optional(),
    creates: text.optional(),
    removes: text.optional(),
    stdin: text.optional(),
  })
  .refine((given) => [given._raw_params, given.cmd, given.argv].filter((one) => one !== undefined).length === 1, {
    message: 'give one of: the command as text, cmd, argv',
  });
type Params = z.infer<typeof params>;

/**
 * A command line of a program as cmd.exe hands it on unread: outside quotes a caret before each of its signs. Between quotes
 * they mean nothing to cmd.exe but `%NAME%`, which it still replaces where there is such a variable.
 */
export const unread = (line: string): string => {
  let quoted = false;
  let out = '';
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    out += !quoted && '&|<>^()%'.includes(letter) ? `^${letter}` : letter;
  }
  return out;
};

const stopped = (cmd: string, msg: string): ActionResult => ({ skipped: true, msg, values: { cmd, rc: 0 } });

/** Ansible's module says nothing of a command that went well. */
const withoutWords = ({ msg, ...rest }: ActionResult): ActionResult => (msg ? { ...rest, msg } : rest);

/** A program with its arguments on a Windows host, with no shell's signs in them. A code other than 0 fails. */
export const winCommand: ActionModule<Params> = {
  kind: 'action',
  name: 'win_command',
  aliases: ['ansible.windows.win_command'],
  summary: 'Runs a program on a Windows host; pipes, redirections and the like are arguments to it',
  params,
  parameters: {
    _raw_params: { description: 'The command' },
    cmd: { description: 'The command' },
    argv: { description: 'The command as a list of words, which are quoted as programs of C take them apart' },
    chdir: { description: 'The folder to run it in' },
    creates: { description: 'Do nothing when this path exists' },
    removes: { description: 'Do nothing when this path does not exist' },
    stdin: { description: 'What the command reads' },
  },
  freeForm: '_raw_params',
  checkMode: 'runs',
  needsHost: true,
  async run(given, host, context) {
    const cmd = given.argv ? commandLine(given.argv, false) : (given._raw_params ?? given.cmd ?? '').trim();
    if (cmd === '') return { failed: true, msg: 'no command given', values: { rc: 256 } };
    const early = await decidedByPaths(given, host);
    if (early !== null) return stopped(cmd, early);
    if (context.checkMode) return { ...stopped(cmd, 'skipped, running in check mode'), guessed: true };
    const { stdin, chdir } = given;
    const run = () =>
      host.run(given.argv ? cmd : unread(cmd), {
        signal: context.signal,
        ...(stdin === undefined ? {} : { stdin }),
        ...(chdir === undefined ? {} : { chdir }),
      });
    const badFolder = (folder: string): string =>
      `Failed to run: '${cmd}': Could not find specified -WorkingDirectory '${folder}'`;
    return orBadFolder(cmd, badFolder, async () => withoutWords(await timed(cmd, cmd, false, context, run)));
  },
};
