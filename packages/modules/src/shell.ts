import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { badFolder, commandFields, commandParameters, decidedAhead, inputOf } from './command-params.js';
import { notRun, timed } from './command-result.js';
import { posixWord } from './shell-words.js';

const { argv: _, expand_argument_vars: __, ...fields } = commandFields;

const params = z
  .strictObject(fields)
  .refine((given) => (given._raw_params === undefined) !== (given.cmd === undefined), {
    message: 'give the command as text, or as cmd',
  });

/** A text for the host's shell: /bin/sh (or `executable`) on this machine, cmd.exe on Windows. */
export const shell: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'shell',
  aliases: ['ansible.builtin.shell'],
  summary: "Runs a text in the host's shell: /bin/sh on the controller, cmd.exe on Windows",
  params,
  parameters: Object.fromEntries(
    Object.entries(commandParameters).filter(([name]) => name !== 'argv' && name !== 'expand_argument_vars'),
  ),
  freeForm: '_raw_params',
  keepsLineEnd: true,
  checkMode: 'runs',
  needsHost: true,
  async run(given, host, context) {
    const text = given._raw_params ?? given.cmd ?? '';
    if (text.trim() === '') return { failed: true, msg: 'no command given', values: notRun(null, 256, '') };
    const full = { ...given, expand_argument_vars: true };
    const early = (await badFolder(given.chdir, text, host)) ?? (await decidedAhead(full, text, host, context));
    if (early) return early;
    const local = host.connection.kind === 'local';
    const line =
      local && given.executable !== undefined
        ? `exec ${posixWord(given.executable)} -c ${posixWord(text)}`
        : local
          ? text
          : text.trimEnd();
    const chdir = given.chdir === undefined ? undefined : await host.files.expand(given.chdir);
    return timed(text, text, given.strip_empty_ends, context, () =>
      host.run(line, { ...inputOf(full), ...(chdir === undefined ? {} : { chdir }), signal: context.signal }),
    );
  },
};
