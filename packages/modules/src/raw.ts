import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { splitLines } from './command-result.js';
import { text } from './parameter-values.js';
import { posixWord } from './shell-words.js';

const params = z.strictObject({ _raw_params: text, executable: text.optional() });

/** A text handed to the host as it stands; its output is not touched. */
export const raw: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'raw',
  aliases: ['ansible.builtin.raw'],
  summary: 'Sends a text to the host as it stands, and gives its output untouched',
  params,
  parameters: {
    _raw_params: { description: 'The command', required: true },
    executable: { description: 'The shell to run it in, in the place of /bin/sh' },
  },
  freeForm: '_raw_params',
  checkMode: 'skips',
  needsHost: true,
  async run({ _raw_params: line, executable }, host, context) {
    const own = executable !== undefined && host.connection.kind === 'local';
    const output = await host.run(own ? `exec ${posixWord(executable)} -c ${posixWord(line)}` : line, {
      signal: context.signal,
    });
    const values = {
      rc: output.rc,
      stdout: output.stdout,
      stderr: output.stderr,
      stdout_lines: splitLines(output.stdout),
      stderr_lines: splitLines(output.stderr),
    };
    const changes = [{ kind: 'command', command: line, restart: false } as const];
    if (output.rc === 0) return { changed: true, values, changes };
    return { changed: true, failed: true, msg: 'non-zero return code', values, changes };
  },
};
