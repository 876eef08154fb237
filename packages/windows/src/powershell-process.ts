import { type CommandOutput, type PowerShellOptions, RatchetError } from '@ratchet/core';
import { NOT_FOUND, SET_NOT_FOUND } from './powershell-agent.js';
import type { ScriptSession } from './script-session.js';

/** What cmd.exe takes on a line is 8191 characters; the rest is for the program and what stands around it. */
const LONGEST = 7_500;

/** A script as -EncodedCommand takes it: base64 of UTF-16LE, which every shell leaves alone. */
export const encodedCommand = (script: string): string => Buffer.from(script, 'utf16le').toString('base64');

const UTF8 = 'try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}';

const QUIET = "$ProgressPreference='SilentlyContinue'";

const PROFILES =
  '$PROFILE.AllUsersAllHosts,$PROFILE.AllUsersCurrentHost,$PROFILE.CurrentUserAllHosts,$PROFILE.CurrentUserCurrentHost';

/**
 * Runs an uploaded script, which is deleted once it is read, in a runspace on PowerShell's own host: only there `$?` after it
 * tells of its last statement, whatever blocks it has and however it is left, and `exit` has the code of the process.
 */
const fromFile = (file: string, profile: boolean): string =>
  [
    UTF8,
    `$f=Join-Path $env:USERPROFILE '${file}';$t=[IO.File]::ReadAllText($f);[IO.File]::Delete($f)`,
    '$s=[Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($Host)',
    "$s.ApartmentState=[Threading.Thread]::CurrentThread.GetApartmentState();$s.ThreadOptions='ReuseThread';$s.Open()",
    "$s.SessionStateProxy.SetVariable('ProgressPreference','SilentlyContinue')",
    NOT_FOUND,
    `foreach($n in $notFound){$p=[powershell]::Create();$p.Runspace=$s;$null=$p.AddScript('${SET_NOT_FOUND}').AddArgument($n).Invoke()}`,
    "function Invoke-It($x){$p=$s.CreatePipeline($x,$true);$p.Commands[0].MergeMyResults('Error','Output');$p.Commands.Add('Out-Default');$null=$p.Invoke()}",
    ...(profile
      ? [`foreach($q in ${PROFILES}){if($q -and [IO.File]::Exists($q)){Invoke-It ". '$($q.Replace("'","''"))'"}}`]
      : []),
    'try{Invoke-It $t}catch{$e=$_.Exception;while($e.InnerException -and -not $e.ErrorRecord){$e=$e.InnerException};if($e.InnerException.ErrorRecord){$e=$e.InnerException};[Console]::Error.Write(($e.ErrorRecord|Out-String));exit 1}',
    "$d=$s.CreatePipeline('$?').Invoke()[0];$s.Close();if($d -eq $false){exit 1}",
  ].join(';');

/** `param` and the like must stand first in a script. */
const mustStandFirst = (script: string): boolean =>
  /^\s*(?:<#|#|param\b|using\b|\[|begin\b|process\b|end\b|dynamicparam\b)/i.test(script);

const commandOf = (program: string, profile: boolean, script: string): string =>
  `${program}${profile ? '' : ' -NoProfile'} -NonInteractive -ExecutionPolicy Bypass -EncodedCommand ${encodedCommand(script)}`;

/** A program's name as cmd.exe takes it. */
const programWord = (name: string): string => (/^[\w.:\\-]+$/.test(name) ? name : `"${name.replaceAll('"', '')}"`);

/** Failed and printed nothing: perhaps there is no such program. */
export const failedSilently = ({ rc, stdout }: CommandOutput): boolean => rc !== 0 && stdout === '';

const ignoreMissing = (thrown: unknown): void => {
  if (!(thrown instanceof RatchetError && thrown.details['missing'] === true)) throw thrown;
};

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
  await session.connection.files.write(file, Buffer.from(script, 'utf8'), { exclusive: true });
  const output = await session.run(commandOf(program, profile, fromFile(file, profile)), rest);
  // A PowerShell that did not start has left it behind.
  if (failedSilently(output)) await session.connection.files.remove(file).catch(ignoreMissing);
  return output;
};

/** Looks whether a PowerShell starts at all, the host's own unless told. Throws `not-supported` when it does not. */
export const probe = async (session: ScriptSession, executable?: string): Promise<void> => {
  const { stdout } = await ownProcess(session, `'${session.token}'`, executable === undefined ? {} : { executable });
  if (stdout.includes(session.token)) return;
  const { host } = session.connection;
  const what = executable === undefined ? 'PowerShell' : `The PowerShell ${executable}`;
  throw new RatchetError('not-supported', `${what} does not start on ${host}.`, {
    hint: 'Install it (3 or later) and see that the SSH user finds it on the path, or do without: registry, win_regedit, win_copy, win_file and win_command need none.',
    place: session.place,
  });
};
