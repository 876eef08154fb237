import { randomBytes } from 'node:crypto';
import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { pathInfo } from './file-attributes.js';
import { text } from './parameter-values.js';

const params = z.strictObject({
  state: z.enum(['file', 'directory']).default('file'),
  path: text.optional(),
  prefix: text.default('ansible.'),
  suffix: text.default(''),
});

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_';

/** Eight letters that nobody guesses. */
const randomName = (): string => [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

/** A new, empty file or folder that only the user of the connection may read. */
export const tempfile: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'tempfile',
  aliases: ['ansible.builtin.tempfile', 'win_tempfile', 'ansible.windows.win_tempfile'],
  summary: 'Makes an empty file or folder under a name that nothing had',
  params,
  parameters: {
    state: { description: 'What to make', choices: ['file', 'directory'], default: 'file' },
    path: { description: 'The folder to make it in; the host’s own for temporary files unless told' },
    prefix: { description: 'What its name begins with', default: 'ansible.' },
    suffix: { description: 'What its name ends with', default: '' },
  },
  checkMode: 'skips',
  needsHost: true,
  async run({ state, path, prefix, suffix }, host) {
    const { files } = host;
    const folder = path === undefined ? await files.temporaryFolder() : await files.expand(path);
    if ((await files.status(folder, true))?.kind !== 'directory')
      return { failed: true, msg: `[Errno 2] No such file or directory: '${folder}'` };
    const windows = host.connection.kind !== 'local';
    const made = `${folder.replace(/[\\/]+$/, '')}${windows ? '\\' : '/'}${prefix}${randomName()}${suffix}`;
    if (state === 'directory') await files.makeFolder(made, 0o700);
    else await files.create(made, 0o600);
    const info = windows ? { state } : await pathInfo(files, made);
    return { changed: true, values: { path: made, ...info } };
  },
};
