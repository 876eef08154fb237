import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { flag, text } from './parameter-values.js';
import { template } from './template.js';
import { ENCODINGS } from './text-encoding.js';

const params = z.strictObject({
  src: text,
  dest: text,
  backup: flag.default(false),
  force: flag.default(true),
  newline_sequence: z.enum(['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n']).default('\r\n'),
  trim_blocks: flag.default(true),
  lstrip_blocks: flag.default(false),
  variable_start_string: text.optional(),
  variable_end_string: text.optional(),
  block_start_string: text.optional(),
  block_end_string: text.optional(),
  comment_start_string: text.optional(),
  comment_end_string: text.optional(),
  output_encoding: z.enum(ENCODINGS).default('utf-8'),
});

/** A template, filled in and put on a Windows host; lines end as Windows has them. */
export const winTemplate: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'win_template',
  aliases: ['ansible.windows.win_template'],
  summary: 'Fills in a template and puts it on a Windows host',
  params,
  parameters: Object.fromEntries(
    Object.keys(params.shape).flatMap((name) => {
      const info = template.parameters[name];
      if (!info) return [];
      return [[name, name === 'newline_sequence' ? { ...info, default: '\r\n' } : info]];
    }),
  ),
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  run: (given, host, context) => template.run(template.params.parse(given), host, context),
};
