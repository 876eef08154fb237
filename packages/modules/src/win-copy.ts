import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { copy } from './copy.js';
import { lastName } from './host-path.js';
import { flag, text } from './parameter-values.js';

const params = z
  .strictObject({
    src: text.optional(),
    content: z.unknown().optional(),
    dest: text,
    backup: flag.default(false),
    force: flag.default(true),
    remote_src: flag.default(false),
    local_follow: flag.default(true),
    decrypt: flag.default(true),
  })
  .refine((given) => (given.src === undefined) !== (given.content === undefined), {
    message: 'src (or content) is required, and only one of them',
  });

const KEPT = ['dest', 'src', 'checksum', 'size', 'backup_file', 'diff'];

/** Files and folders to a Windows host, over SFTP. */
export const winCopy: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'win_copy',
  aliases: ['ansible.windows.win_copy'],
  summary: 'Copies files and folders to a Windows host, or writes a text into a file',
  params,
  parameters: Object.fromEntries(
    Object.keys(params.shape).flatMap((name) => {
      const info = copy.parameters[name];
      return info ? [[name, info]] : [];
    }),
  ),
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run(given, host, context) {
    const end = await copy.run(copy.params.parse({ ...given, local_follow: given.local_follow }), host, context);
    if (end.failed) return end;
    const values = Object.fromEntries(Object.entries(end.values ?? {}).filter(([name]) => KEPT.includes(name)));
    const file = values['checksum'] !== undefined;
    const name = lastName(given.src ?? String(values['dest'] ?? given.dest));
    return {
      ...end,
      values: {
        ...values,
        operation: file || given.content !== undefined ? 'file_copy' : 'folder_copy',
        ...(file ? { original_basename: name } : {}),
      },
    };
  },
};
