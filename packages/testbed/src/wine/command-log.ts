import { commandWrites, type LogEntry } from '../log-entry.js';

const SFTP_LINE =
  /^(open|opendir|close|closedir|remove|rename|posix-rename|hardlink|symlink|mkdir|rmdir|set|setstat|fsetstat|lsetstat)\b ?(.*)$/;
const READ_ONLY = new Set(['opendir', 'closedir', 'close']);

const sftpEntry = (operation: string, text: string): LogEntry => ({
  op: `sftp-${operation}`,
  text,
  writes: operation === 'open' ? /flags \S*(?:WRITE|CREATE|TRUNCATE|APPEND)/.test(text) : !READ_ONLY.has(operation),
});

/**
 * Reads a wine host's log: `exec ID BASE64` from the session script, and the lines of sftp-server.
 * @param inputOf gives what a command got on its standard input
 */
export const parseLog = async (text: string, inputOf: (id: string) => Promise<string>): Promise<LogEntry[]> => {
  const entries: LogEntry[] = [];
  for (const line of text.split('\n')) {
    const exec = /^exec (\S+) (\S*)$/.exec(line);
    if (exec) {
      const command = Buffer.from(exec[2] ?? '', 'base64').toString('utf8');
      const input = await inputOf(exec[1] ?? '');
      entries.push({ op: 'exec', text: command, input, writes: commandWrites(command, input) });
      continue;
    }
    const sftp = SFTP_LINE.exec(line.replace(/\r$/, ''));
    if (sftp) entries.push(sftpEntry(sftp[1] ?? '', sftp[2] ?? ''));
  }
  return entries;
};
