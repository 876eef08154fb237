import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RatchetError } from '@ratchet/core';
import { wineEnvironment } from './environment.js';
import { withAccounts, writeAccounts } from './other-users.js';
import { descendantsOf, kill } from './processes.js';

const START_MS = 15_000;

/** A port of the loopback interface that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** A file of this name in a host's folder keeps its SFTP server from starting. */
export const SFTP_REFUSED = 'sftp-refused';

/** Programs in C:\ratchet\first stand before Windows' own on the PATH of every session, as another tool's might. */
export const FIRST_ON_PATH = 'first';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export interface ServerSettings {
  readonly folder: string;
  readonly prefix: string;
  readonly port: number;
  readonly shell: 'cmd' | 'powershell';
  readonly otherUsers: readonly string[];
  readonly hostKey: string;
  readonly clientPublicKey: string;
  /** What stands before `wine` on a command line. */
  readonly before: readonly string[];
}

/**
 * What each session runs: the command goes into the log and, through command.exe, untouched into the login shell; what
 * comes on its standard input is kept beside the log, since a script can come that way.
 */
const sessionScript = ({ folder, prefix, shell, before }: ServerSettings): string => `#!/bin/bash
${Object.entries(wineEnvironment(prefix))
  .map(([name, value]) => `export ${name}=${quoted(value)}`)
  .join('\n')}
export RATCHET_SHELL=${shell} NO_COLOR=1 DOTNET_EnableWriteXorExecute=0 POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
log=${quoted(join(folder, 'commands.log'))}
cd ${quoted(join(prefix, 'drive_c', 'users'))}/"$USER"
case "$SSH_ORIGINAL_COMMAND" in
/usr/lib/openssh/sftp-server*)
  [ -e ${quoted(join(folder, SFTP_REFUSED))} ] && exit 127
  exec chroot ${quoted(join(prefix, 'jail'))} /usr/lib/openssh/sftp-server -e -l INFO -d /C:/users/"$USER" 2>> "$log" ;;
esac
input=${quoted(join(folder, 'input'))}/$$.$EPOCHREALTIME
printf 'exec %s %s\\n' "\${input##*/}" "$(printf %s "$SSH_ORIGINAL_COMMAND" | base64 -w0)" >> "$log"
[ -n "$SSH_ORIGINAL_COMMAND" ] && export RATCHET_COMMAND="$SSH_ORIGINAL_COMMAND"
unset SSH_ORIGINAL_COMMAND
[ -d ${quoted(join(prefix, 'drive_c', 'ratchet', FIRST_ON_PATH))} ] && export WINEPATH='C:\\ratchet\\${FIRST_ON_PATH}'
# Wine's cmd.exe takes only the first line of a script that comes through a pipe; from a file it takes them all.
case "$RATCHET_COMMAND" in "cmd "*/q*) cat > "$input"; exec < "$input" ;; *) exec < <(exec tee "$input" 2>/dev/null) ;; esac
exec ${[...before, 'wine'].join(' ')} 'C:\\ratchet\\command.exe' 2> >(exec grep -av --line-buffered '^wine: Read access denied' >&2)
`;

const sshdConfig = ({ folder, port }: ServerSettings): string => `Port ${port}
ListenAddress 127.0.0.1
HostKey "${join(folder, 'hostkey')}"
AuthorizedKeysFile "${join(folder, 'authorized_keys')}"
PidFile none
ForceCommand "${join(folder, 'session.sh')}"
Subsystem sftp /usr/lib/openssh/sftp-server
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
# bash, run by sshd, would read the account's own ~/.bashrc, which may do anything and take any time.
SetEnv SHLVL=2
MaxSessions 100
MaxStartups 200
`;

/** Writes the server's files into the host's folder. */
export const writeServerFiles = async (settings: ServerSettings): Promise<void> => {
  const { folder } = settings;
  await mkdir(join(folder, 'input'), { recursive: true });
  await writeFile(join(folder, 'hostkey'), settings.hostKey, { mode: 0o600 });
  await writeFile(join(folder, 'authorized_keys'), settings.clientPublicKey);
  await writeFile(join(folder, 'sshd_config'), sshdConfig(settings));
  await writeFile(join(folder, 'session.sh'), sessionScript(settings));
  await chmod(join(folder, 'session.sh'), 0o755);
  if (settings.otherUsers.length > 0) await writeAccounts(join(folder, 'passwd'), settings.otherUsers);
  for (const user of settings.otherUsers)
    await mkdir(join(settings.prefix, 'drive_c', 'users', user), { recursive: true });
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('data', () => resolve(socket.destroy() !== null));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });

/** Starts the host's sshd and waits until it answers. */
export const startServer = async (settings: ServerSettings): Promise<ChildProcess> => {
  await mkdir('/run/sshd', { recursive: true });
  const { folder, otherUsers } = settings;
  const sshd = ['/usr/sbin/sshd', '-D', '-f', join(folder, 'sshd_config'), '-E', join(folder, 'sshd.log')] as const;
  const [program, ...args] = otherUsers.length > 0 ? withAccounts(join(folder, 'passwd'), sshd) : sshd;
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  const deadline = Date.now() + START_MS;
  while (!(await answers(settings.port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stopServer(child);
      const log = await readFile(join(folder, 'sshd.log'), 'utf8').catch(() => '');
      throw new RatchetError('command-failed', `The OpenSSH server of a test host did not start: ${log.trim()}`);
    }
    await pause(20);
  }
  return child;
};

/** Ends the server with every connection and session of it, as a power cut would. */
export const stopServer = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGSTOP');
  const sessions = await descendantsOf(child.pid);
  kill(child.pid);
  for (const pid of sessions) kill(pid);
  await ended;
};
