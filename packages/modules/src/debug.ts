import type { ActionContext, ActionModule } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { text } from './parameter-values.js';

const params = z
  .strictObject({
    msg: z.unknown().optional(),
    var: text.optional(),
    verbosity: z.coerce.number().int().min(0).default(0),
  })
  .refine((given) => given.msg === undefined || given.var === undefined, {
    message: 'give msg or var, not both',
  });

const UNDEFINED = 'VARIABLE IS NOT DEFINED!';

const shownValue = (expression: string, { evaluate }: Pick<ActionContext, 'evaluate'>): unknown => {
  try {
    return evaluate('var', expression);
  } catch (thrown) {
    if (thrown instanceof RatchetError && thrown.code === 'undefined-variable') return UNDEFINED;
    throw thrown;
  }
};

/** Shows a message or a variable. */
export const debug: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'debug',
  aliases: ['ansible.builtin.debug'],
  summary: 'Shows a message or the value of an expression',
  params,
  parameters: {
    msg: { description: 'What to show', default: 'Hello world!' },
    var: { description: 'An expression to show, without braces' },
    verbosity: { description: 'Only with so many -v', default: 0 },
  },
  checkMode: 'runs',
  needsHost: false,
  speaks: true,
  async run(given, _host, context) {
    if (given.verbosity > (context.verbosity ?? 0))
      return { skipped: true, values: { skipped_reason: 'Verbosity threshold not met.' } };
    if (given.var !== undefined) return { values: { [given.var]: shownValue(given.var, context) } };
    return { values: { msg: given.msg === undefined ? 'Hello world!' : given.msg } };
  },
};
