/**
 * A command with no standard input where cmd.exe can be told so without changing what the text means; elsewhere a program
 * that reads its input takes the script's end, and the exit code is then cmd's own.
 */
export const withoutInput = (command: string): string =>
  /[&|<>()^]|^[\s@]*(?:if|for|rem)\b/i.test(command) ? command : `<nul ${command}`;
