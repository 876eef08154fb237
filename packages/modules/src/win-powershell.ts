import { randomBytes } from 'node:crypto';
import type { ActionContext, ActionModule, ActionResult } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { flag, text } from './parameter-values.js';
import { powershellWrapper } from './powershell-wrapper.js';
import { decidedByPaths } from './win-paths.js';

const params = z.strictObject({
  script: text,
  arguments: z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(text)).default([]),
  parameters: z.record(z.string(), z.unknown()).default({}),
  chdir: text.optional(),
  creates: text.optional(),
  removes: text.optional(),
  depth: z.coerce.number().int().min(1).max(50).default(2),
  error_action: z.enum(['continue', 'silently_continue', 'stop']).default('continue'),
  executable: text.optional(),
  own_process: flag.default(false),
});
type Params = z.infer<typeof params>;

const answer = z.object({
  changed: z.boolean(),
  failed: z.boolean(),
  result: z.unknown(),
  diff: z.unknown(),
  output: z.array(z.unknown()),
  error: z.array(z.unknown()),
  warning: z.array(z.unknown()),
  verbose: z.array(z.unknown()),
  debug: z.array(z.unknown()),
  information: z.array(z.unknown()),
});

const request = (given: Params, context: ActionContext): string =>
  JSON.stringify({
    script: given.script,
    arguments: given.arguments,
    parameters: given.parameters,
    depth: given.depth,
    action: { continue: 'Continue', silently_continue: 'SilentlyContinue', stop: 'Stop' }[given.error_action],
    check: context.checkMode,
    verbosity: context.verbosity ?? 0,
  });

const messageOf = (errors: readonly unknown[]): string => {
  const found = z.object({ exception: z.object({ message: z.string() }) }).safeParse(errors.at(-1));
  return found.success ? found.data.exception.message : 'the script failed';
};

/** The result from what the wrapper printed behind its mark; what stands before it came from the script's own host. */
export const powershellResult = (stdout: string, stderr: string, mark: string): ActionResult | null => {
  const at = stdout.lastIndexOf(mark);
  if (at < 0) return null;
  const json = Buffer.from(stdout.slice(at + mark.length).trim(), 'base64').toString('utf8');
  const { changed, failed, diff, ...values } = answer.parse(JSON.parse(json));
  const hasDiff = diff !== null && typeof diff === 'object' && Object.keys(diff).length > 0;
  return {
    changed,
    values: { ...values, ...(hasDiff ? { diff } : {}), host_out: stdout.slice(0, at), host_err: stderr },
    ...(failed ? { failed, msg: messageOf(values.error) } : {}),
  };
};

/** The values of a script that did not run. */
const NOTHING = {
  ...{ result: {}, output: [], error: [], warning: [], verbose: [], debug: [], information: [] },
  ...{ host_out: '', host_err: '' },
};

/** A PowerShell script with parameters, whose output comes back as data. */
export const winPowershell: ActionModule<Params> = {
  kind: 'action',
  name: 'win_powershell',
  aliases: ['ansible.windows.win_powershell'],
  summary: 'Runs a PowerShell script with parameters; its objects and streams come back as data',
  params,
  parameters: {
    script: { description: 'The script', required: true },
    arguments: { description: 'Positional arguments of the script', default: [] },
    parameters: { description: 'Named parameters of the script', default: {} },
    chdir: { description: 'The folder to run it in' },
    creates: { description: 'Do nothing when this path exists' },
    removes: { description: 'Do nothing when this path does not exist' },
    depth: { description: 'How deep objects of the output are taken apart', default: 2 },
    error_action: {
      description: 'What an error of a command does',
      default: 'continue',
      choices: ['continue', 'silently_continue', 'stop'],
    },
    executable: { description: 'The PowerShell to run it with, in a process of its own' },
    own_process: { description: 'Run it in a process of its own (only Ratchet has this)', default: false },
  },
  checkMode: 'runs',
  needsHost: true,
  async run(given, host, context) {
    const early = await decidedByPaths(given, host);
    // Ansible does not call this skipped.
    if (early !== null) return { changed: false, msg: early, values: NOTHING };
    // As in Ansible: only a script that says that it supports -WhatIf runs in check mode; any other one is taken to change something.
    if (context.checkMode && !/SupportsShouldProcess/i.test(given.script))
      return { changed: true, guessed: true, msg: 'skipped, running in check mode', values: NOTHING };
    const mark = `RATCHET-${randomBytes(6).toString('hex')} `;
    const { chdir, executable } = given;
    const { rc, stdout, stderr } = await host.powershell(powershellWrapper(mark, request(given, context)), {
      signal: context.signal,
      ownProcess: given.own_process,
      ...(chdir === undefined ? {} : { chdir }),
      ...(executable === undefined ? {} : { executable }),
    });
    const result = powershellResult(stdout, stderr, mark);
    if (result === null)
      throw new RatchetError('command-failed', `The script ended PowerShell with code ${rc} and gave no result.`, {
        hint: stderr.trim().slice(0, 500) || undefined,
        place: { at: 'host', host: host.name },
      });
    return context.checkMode || !result.changed
      ? result
      : { ...result, changes: [{ kind: 'command', command: 'win_powershell', restart: false }] };
  },
};
