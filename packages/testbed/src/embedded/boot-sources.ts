import { splitArguments } from './command-line.js';
import type { CommandShell } from './command-shell.js';
import type { Boot } from './machine.js';
import { type CommandResult, NotUnderstood } from './reg-command.js';

const EOL = '\r\n';
const notThere = (name: string): CommandResult => ({
  code: 9009,
  stdout: '',
  stderr: `'${name}' is not recognized as an internal or external command,${EOL}operable program or batch file.${EOL}`,
});

const event = (id: number, provider: string, record: number, at: number): string =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}'/>` +
  `<EventID Qualifiers='32768'>${id}</EventID><Level>4</Level><TimeCreated SystemTime='${new Date(at).toISOString()}'/>` +
  `<EventRecordID>${record}</EventRecordID><Channel>System</Channel></System></Event>${EOL}`;

/** The three events of the newest start, newest first; 40 other records stand between two starts. */
const startEvents = ({ count, at }: Boot): string =>
  event(6005, 'EventLog', count * 40 + 2, at) +
  event(6009, 'EventLog', count * 40 + 1, at) +
  event(12, 'Microsoft-Windows-Kernel-General', count * 40, at);

/** `wevtutil qe System …`, for the events of a start only. Errors: `NotUnderstood` for anything else. */
export const wevtutil = (rest: string, { machine }: CommandShell): CommandResult => {
  const args = splitArguments(rest);
  const query = args.find((arg) => arg.startsWith('/q:')) ?? '';
  if (args[0] !== 'qe' || args[1] !== 'System' || !query.includes('EventID=6005'))
    throw new NotUnderstood(`wevtutil${rest}`);
  if (!machine.boot.sources.includes('events')) return { code: 0, stdout: '', stderr: '' };
  return { code: 0, stdout: startEvents(machine.boot), stderr: '' };
};

const wmiTime = (at: number): string => {
  const digits = new Date(at).toISOString().replace(/[-:T]/g, '').replace('Z', '');
  return `${digits}000+000`;
};

/** `wmic os get LastBootUpTime`. Errors: `NotUnderstood` for anything else. */
export const wmic = (rest: string, { machine }: CommandShell): CommandResult => {
  if (!/^\s*os get LastBootUpTime\b/i.test(rest)) throw new NotUnderstood(`wmic${rest}`);
  if (!machine.boot.sources.includes('wmic')) return notThere('wmic');
  return { code: 0, stdout: `\r${EOL}\r${EOL}LastBootUpTime=${wmiTime(machine.boot.at)}\r${EOL}`, stderr: '' };
};
