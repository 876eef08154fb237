import type { ServerChannel } from 'ssh2';
import { fromOem, toOem } from './code-page.js';
import { CommandShell } from './command-shell.js';
import type { Cut } from './faults.js';
import { type Machine, versionText } from './machine.js';

const EOL = '\r\n';

/** `cmd` with switches but no `/c` reads its commands from standard input. */
const READS_STDIN = /^\s*(?:\S*\\)?cmd(?:\.exe)?(?:\s+\/[qda])*\s*$/i;

/** What PowerShell would read otherwise than it stands here; such a command is refused. */
const POWERSHELL_SYNTAX = /[$|&<>;(){}`@#'"]/;

const startsQuietly = (command: string): boolean => /\s\/q/i.test(command);

/** One command of a session. */
export interface Exec {
  readonly command: string;
  readonly channel: ServerChannel;
  readonly loginShell: 'cmd' | 'powershell';
  readonly cut: Cut | undefined;
  /** With its 32-bit exit code. */
  ended(code: number): void;
  /** When it got no further than half-way; a command on one line is run whole. */
  stuck(): void;
}

/** Runs a command as the login shell does. */
export const runExec = (exec: Exec, machine: Machine): void => {
  const { command, channel, loginShell, ended } = exec;
  const shell = new CommandShell(machine, {
    out: (bytes) => channel.write(Buffer.from(bytes)),
    err: (bytes) => channel.stderr.write(Buffer.from(bytes)),
  });
  const entry = { op: 'exec' as const, text: command, writes: false };
  machine.log.push(entry);
  const finish = (): void => {
    entry.writes = shell.wrote;
    const code = (shell.exitCode ?? shell.errorLevel) >>> 0;
    // PowerShell's -c tells only whether the last command failed.
    ended(loginShell === 'powershell' && code !== 0 ? 1 : code);
  };
  if (READS_STDIN.test(command)) {
    channel.write(Buffer.from(toOem(`${versionText(machine.registry)}${EOL}(c) Ratchet test host${EOL}${EOL}`)));
    if (!startsQuietly(command)) channel.stderr.write(`This test host prints no prompts: start cmd with /q.${EOL}`);
    readLines(exec, shell, entry, finish);
    return;
  }
  channel.resume();
  if (loginShell === 'cmd') shell.line(command);
  else runFromPowerShell(command, shell, channel);
  if (stopsHalfway(exec)) exec.stuck();
  else finish();
};

const stopsHalfway = ({ cut }: Exec): boolean => cut === 'during' || cut === 'hang';

const runFromPowerShell = (command: string, shell: CommandShell, channel: ServerChannel): void => {
  const echoed = /^\s*echo\s+(.*)$/i.exec(command);
  if (POWERSHELL_SYNTAX.test(command)) shell.program(`powershell -c ${command}`);
  else if (echoed) channel.write((echoed[1] ?? '').trim().split(/\s+/).join(EOL) + EOL);
  else shell.program(command.trim());
};

/** Runs each line of standard input as it comes, up to `exit` or the end. */
const readLines = (exec: Exec, shell: CommandShell, entry: { text: string }, finish: () => void): void => {
  const { channel } = exec;
  let rest = '';
  let isDone = false;
  const run = (line: string): void => {
    entry.text += `\n${line.replace(/\r$/, '')}`;
    shell.line(line.replace(/\r$/, ''));
    if (shell.exitCode !== null) end();
  };
  const end = (): void => {
    if (isDone) return;
    isDone = true;
    finish();
  };
  channel.on('data', (chunk: Buffer) => {
    const lines = (rest + fromOem(chunk)).split('\n');
    rest = lines.pop() ?? '';
    const given = stopsHalfway(exec) ? lines.slice(0, Math.ceil(lines.length / 2)) : lines;
    for (const line of given) if (!isDone) run(line);
    if (isDone || given === lines) return;
    isDone = true;
    exec.stuck();
  });
  channel.on('end', () => {
    if (!isDone && rest !== '') run(rest);
    end();
  });
};
