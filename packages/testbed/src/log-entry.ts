/** One thing that a host was asked to do. */
export interface LogEntry {
  /** `exec`, or an SFTP operation: `sftp-open`, `sftp-close`, `sftp-remove`, `sftp-rename`, `sftp-mkdir`, … */
  readonly op: string;
  /** The command, or the operation's arguments. */
  readonly text: string;
  /** What came on the command's standard input. */
  readonly input?: string;
  /** Whether it can change the host: registry writes, restarts, and SFTP operations that create, change or remove. */
  readonly writes: boolean;
}

// A flag of another program (`wevtutil … /rd:true`) is none.
const WRITING_COMMAND =
  /(?<!\/)\b(?:reg(?:\.exe)?"?\s+(?:add|delete|import|copy|restore|load|unload|save)|shutdown|del|erase|move|ren|copy|xcopy|rd|rmdir|md|mkdir|sc(?:\.exe)?\s+(?:config|create|delete|start|stop)|wusa|msiexec|dism|setx)\b/i;

/** Whether a command, or a script sent on its standard input, changes the host. */
export const commandWrites = (text: string, input = ''): boolean =>
  WRITING_COMMAND.test(text) || WRITING_COMMAND.test(input);
