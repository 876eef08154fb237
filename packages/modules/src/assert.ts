import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { flag, oneOrMore, text } from './parameter-values.js';

const message = z.union([text, z.array(text)]);

const oneText = (said: z.infer<typeof message>): string => (Array.isArray(said) ? said.join('\n') : said);

const params = z.strictObject({
  that: oneOrMore(z.union([z.string(), z.boolean(), z.number(), z.null()])),
  fail_msg: message.default('Assertion failed'),
  success_msg: message.default('All assertions passed'),
  quiet: flag.default(false),
});

/** Fails unless every condition holds. */
export const assert: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'assert',
  aliases: ['ansible.builtin.assert'],
  summary: 'Fails unless every condition holds',
  params,
  parameters: {
    that: { description: 'A condition, or a list of them, without braces', required: true },
    fail_msg: { description: 'What to say when one does not hold', aliases: ['msg'], default: 'Assertion failed' },
    success_msg: { description: 'What to say when all hold', default: 'All assertions passed' },
    quiet: { description: 'Accepted: what held is never told', default: false },
  },
  checkMode: 'runs',
  needsHost: false,
  speaks: 'wholly',
  async run({ fail_msg, success_msg }, _host, context) {
    const broken = context.conditions('that').find((one) => !one.holds());
    if (broken !== undefined)
      return {
        failed: true,
        msg: oneText(fail_msg),
        values: { msg: fail_msg, assertion: broken.shown(), evaluated_to: false },
      };
    return { values: { msg: success_msg } };
  },
};
