import type { ActionModule, ActionResult, CommandOutput, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { duration, splitLines, stamp } from './command-result.js';
import { flag, text } from './parameter-values.js';
import { decidedByPaths, orBadFolder } from './win-paths.js';

const params = z
  .strictObject({
    _raw_params: text.optional(),
    cmd: text.optional(),
    chdir: text.optional(),
    creates: text.optional(),
    removes: text.optional(),
    stdin: text.optional(),
    executable: text.optional(),
    no_profile: flag.default(false),
    own_process: flag.default(false),
  })
  .refine((given) => (given._raw_params === undefined) !== (given.cmd === undefined), {
    message: 'give the script as text, or as cmd',
  });
type Params = z.infer<typeof params>;

const isCmd = (executable: string | undefined): boolean =>
  executable !== undefined && /(?:^|[\\/])cmd(?:\.exe)?$/i.test(executable);

const runScript = (script: string, given: Params, host: HostWriter, signal: AbortSignal): Promise<CommandOutput> => {
  const { chdir, stdin, executable } = given;
  const options = {
    signal,
    ...(chdir === undefined ? {} : { chdir }),
    // Ansible ends it with a line break.
    ...(stdin === undefined ? {} : { stdin: `${stdin}\r\n` }),
  };
  if (isCmd(executable)) return host.run(script, options);
  return host.powershell(script, {
    ...options,
    profile: !given.no_profile,
    ownProcess: given.own_process,
    ...(executable === undefined ? {} : { executable }),
  });
};

const resultOf = (cmd: string, output: CommandOutput, start: number, end: number): ActionResult => {
  const { rc, stdout, stderr } = output;
  const values = {
    cmd,
    rc,
    stdout,
    stderr,
    stdout_lines: splitLines(stdout),
    stderr_lines: splitLines(stderr),
    start: stamp(start),
    end: stamp(end),
    delta: duration(end - start),
  };
  const changes = [{ kind: 'command', command: cmd, restart: false } as const];
  return rc === 0
    ? { changed: true, values, changes }
    : { changed: true, failed: true, msg: 'non-zero return code', values, changes };
};

const badFolder = (folder: string): string => `invalid working directory path '${folder}'`;

/** A script for the host's PowerShell (or cmd.exe). A code other than 0 fails. */
export const winShell: ActionModule<Params> = {
  kind: 'action',
  name: 'win_shell',
  aliases: ['ansible.windows.win_shell'],
  summary:
    "Runs a script in the host's PowerShell; the tasks of a play share one process, each in a runspace of its own",
  params,
  parameters: {
    _raw_params: { description: 'The script' },
    cmd: { description: 'The script' },
    chdir: { description: 'The folder to run it in' },
    creates: { description: 'Do nothing when this path exists' },
    removes: { description: 'Do nothing when this path does not exist' },
    stdin: { description: 'What the script reads, with a line break at its end; it gets a process of its own then' },
    executable: { description: '`cmd`, or the PowerShell to run it with, in a process of its own' },
    no_profile: { description: 'Leave out the profile scripts', default: false },
    own_process: { description: 'Run it in a process of its own (only Ratchet has this)', default: false },
  },
  freeForm: '_raw_params',
  checkMode: 'skips',
  needsHost: true,
  async run(given, host, context) {
    const script = (given._raw_params ?? given.cmd ?? '').trim();
    if (script === '') return { failed: true, msg: 'no command given', values: { rc: 256 } };
    const early = await decidedByPaths(given, host);
    if (early !== null) return { skipped: true, msg: early, values: { cmd: script, rc: 0 } };
    const start = context.now();
    return orBadFolder(script, badFolder, async () => {
      const output = await runScript(script, given, host, context.signal);
      return resultOf(script, output, start, context.now());
    });
  },
};
