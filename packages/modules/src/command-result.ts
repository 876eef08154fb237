import type { ActionContext, ActionResult, CommandOutput } from '@ratchet/core';

/** Lines as Python's splitlines gives them: no empty one at the end. */
export const splitLines = (output: string): readonly string[] => {
  const lines = output.split(/\r\n|\r|\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

const two = (number: number): string => String(number).padStart(2, '0');

/** `2026-11-25 14:29:47.554000`, in this machine's time zone, as Ansible writes it; `ms` since 1970. */
export const stamp = (ms: number): string => {
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${date} ${time}.${String(at.getMilliseconds()).padStart(3, '0')}000`;
};

/** `0:00:01.250000` for a time in milliseconds. */
export const duration = (ms: number): string => {
  const whole = Math.floor(ms / 1000);
  const time = `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  const fraction = Math.round(ms % 1000);
  return `${time}.${String(fraction).padStart(3, '0')}000`;
};

const withoutEnd = (output: string): string => output.replace(/[\r\n]+$/, '');

type Command = string | readonly string[] | null;

/** The fields of a command that did not run. */
export const notRun = (cmd: Command, rc: number | null, stdout: string): Readonly<Record<string, unknown>> => ({
  cmd,
  rc,
  stdout,
  stderr: '',
  stdout_lines: splitLines(stdout),
  stderr_lines: [],
  start: null,
  end: null,
  delta: null,
});

/** Runs and gives Ansible's fields; a code other than 0 fails. */
export const timed = async (
  cmd: Command,
  shown: string,
  strip: boolean,
  context: ActionContext,
  run: () => Promise<CommandOutput>,
): Promise<ActionResult> => {
  const start = context.now();
  const output = await run();
  const end = context.now();
  const [stdout, stderr] = strip
    ? [withoutEnd(output.stdout), withoutEnd(output.stderr)]
    : [output.stdout, output.stderr];
  const values = {
    cmd,
    rc: output.rc,
    stdout,
    stderr,
    stdout_lines: splitLines(stdout),
    stderr_lines: splitLines(stderr),
    start: stamp(start),
    end: stamp(end),
    delta: duration(end - start),
  };
  const changes = [{ kind: 'command', command: shown, restart: false } as const];
  if (output.rc === 0) return { changed: true, msg: '', values, changes };
  return { changed: true, failed: true, msg: 'non-zero return code', values, changes };
};
