import { type PythonRegexFlags, pythonRegex } from '@ratchet/core';

/**
 * A regular expression of a task, over the lines of a file: as Ansible's modules, which read bytes, its classes know ASCII only. Errors:
 * `task-failed` when it is none.
 */
export const pythonPattern = (
  source: string,
  flags: 'm' | '' = 'm',
  find: PythonRegexFlags['find'] = 'search',
): RegExp => pythonRegex(source, { multiline: flags === 'm', ascii: true, find }, 'task-failed');
