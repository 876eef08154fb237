import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { text } from './parameter-values.js';

const params = z.strictObject({ src: text });

/** A file's contents in base 64. */
export const slurp: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'slurp',
  aliases: ['ansible.builtin.slurp', 'win_slurp', 'ansible.windows.slurp'],
  summary: 'Gives the contents of a file of the host in base 64',
  params,
  parameters: { src: { description: 'The file', required: true, aliases: ['path'] } },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run({ src }, host) {
    const path = await host.files.expand(src);
    const found = await host.files.status(path, true);
    if (!found) return { failed: true, msg: `file not found: ${src}` };
    if (found.kind === 'directory') return { failed: true, msg: `source is a directory and must be a file: ${src}` };
    const content = Buffer.from(await host.files.read(path)).toString('base64');
    return { values: { content, source: src, encoding: 'base64' } };
  },
};
