import { type CommandOutput, type PowerShellOptions, RatchetError } from '@ratchet/core';
import type { ScriptSession } from './script-session.js';

/** What cmd.exe takes on a line is 8191 characters; the rest is for the program and what stands around it. */
const LONGEST = 7_500;

/** A script as -EncodedCommand takes it: base64 of UTF-16LE, which every shell leaves alone. */
export const encodedCommand = (script: string): string => Buffer.from(script, 'utf16le').toString('base64');

const UTF8 = 'try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}';

const QUIET = "$ProgressPreference='SilentlyContinue'";

/** Runs an uploaded script: read, deleted and run, its code as that of the text itself. */
const fromFile = (file: string): string =>
  `${UTF8};${QUIET};$f=Join-Path $env:USERPROFILE '${file}';$t=[IO.File]::ReadAllText($f);[IO.File]::Delete($f);. ([scriptblock]::Create($t))`;

/** `param` and the like must stand first in a script. */
const mustStandFirst = (script: string): boolean =>
  /^\s*(?:<#|#|param\b|using\b|\[|begin\b|process\b|end\b|dynamicparam\b)/i.test(script);

const commandOf = (program: string, profile: boolean, script: string): string =>
  `${program}${profile ? '' : ' -NoProfile'} -NonInteractive -ExecutionPolicy Bypass -EncodedCommand ${encodedCommand(script)}`;

/** A program's name as cmd.exe takes it. */
const programWord = (name: string): string => (/^[\w.:\\-]+$/.test(name) ? name : `"${name.replaceAll('"', '')}"`);

/** Runs a script in a process of its own; one that is too long for a command line is uploaded first. */
export const ownProcess = async (
  session: ScriptSession,
  script: string,
  options: PowerShellOptions,
): Promise<CommandOutput> => {
  const { profile = false, executable = 'powershell', ownProcess: _, ...rest } = options;
  const program = programWord(executable);
  const direct = commandOf(program, profile, mustStandFirst(script) ? script : `${UTF8};${QUIET};${script}`);
  if (direct.length <= LONGEST) return session.run(direct, rest);
  const file = session.fileName('ps1');
  const text = `${script}\n;if(-not $?){exit 1}`;
  await session.connection.files.write(file, Buffer.from(text, 'utf8'), { exclusive: true });
  return session.run(commandOf(program, profile, fromFile(file)), rest);
};

/** Looks whether PowerShell starts at all. Throws `not-supported` when it does not. */
export const probe = async (session: ScriptSession): Promise<void> => {
  const { stdout } = await ownProcess(session, `'${session.token}'`, {});
  if (stdout.includes(session.token)) return;
  throw new RatchetError('not-supported', 'PowerShell does not start on this host.', {
    hint: 'This task needs PowerShell; the registry, files and commands do not.',
    place: session.place,
  });
};
