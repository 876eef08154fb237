import type { ActionContext, ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { argumentErrors } from './argument-spec.js';

const dict = z.record(z.string(), z.unknown());
const params = z.strictObject({
  argument_spec: dict,
  provided_arguments: dict.default({}),
  validate_args_context: dict.default({}),
});

// A role's arguments are the variables of these names, as far as there are any; provided ones stand above.
const argumentsOf = (spec: z.infer<typeof dict>, provided: z.infer<typeof dict>, context: ActionContext) => {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(spec)) {
    const value = context.variable(name);
    if (value !== undefined) given[name] = value;
  }
  return { ...given, ...provided };
};

/** Checks variables against a role's argument specification; what is wrong is told in one go. */
export const validateArgumentSpec: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'validate_argument_spec',
  aliases: ['ansible.builtin.validate_argument_spec'],
  summary: 'Checks variables against an argument specification',
  params,
  parameters: {
    argument_spec: { description: 'The options, as in meta/argument_specs.yml', required: true },
    provided_arguments: { description: 'Values that stand above the variables', default: {} },
    validate_args_context: { description: 'What the check is for; comes back in the result' },
  },
  checkMode: 'runs',
  needsHost: false,
  run: async ({ argument_spec, provided_arguments, validate_args_context }, _host, context) => {
    const errors = argumentErrors(argument_spec, argumentsOf(argument_spec, provided_arguments, context));
    if (errors.length === 0) return { msg: 'The arg spec validation passed', values: { validate_args_context } };
    return {
      failed: true,
      msg: `Validation of arguments failed:\n${errors.join('\n')}`,
      values: { argument_errors: errors, argument_spec_data: argument_spec, validate_args_context },
    };
  },
};
