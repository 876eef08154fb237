import { join } from 'node:path';
import type { SourceFile } from '@ratchet/core';
import { type Inventory, readLimit } from '@ratchet/inventory';
import { loadPlaybookText } from '@ratchet/playbook';
import { adhocRenderer } from '@ratchet/report';
import { type AdhocFlags, shortName } from './adhoc-flags.js';
import { type RunSurroundings, runCommand } from './run-command.js';

/** Modules whose output is shown as it is. */
const TEXT = ['command', 'shell', 'raw', 'win_command', 'win_shell'];

const COMMAND_LINE = '<command line>';

// JSON of a mapping stays that; all else (a shell's `{ …; }` too) is words or free text, for the module to read.
const isMapping = (args: string): boolean => {
  try {
    const value: unknown = JSON.parse(args);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

const actionOf = ({ module, args, run }: AdhocFlags): string => {
  if (run.listings.length > 0) return 'meta: noop';
  return `${JSON.stringify(module)}: ${args === '' ? '{}' : isMapping(args) ? args : JSON.stringify(args)}`;
};

/** One play with one task. What is written in it is JSON, which is YAML. */
export const adhocPlaybook = (flags: AdhocFlags, pattern: string): SourceFile => {
  const { background, taskTimeout, playbookDir } = flags;
  const keywords = [
    actionOf(flags),
    ...(background ? [`async: ${background.seconds}`, `poll: ${background.poll}`] : []),
    ...(taskTimeout === undefined ? [] : [`timeout: ${taskTimeout}`]),
  ];
  const task = keywords.map((line, index) => `    ${index === 0 ? '- ' : '  '}${line}\n`).join('');
  const text = `- name: ad hoc\n  hosts: ${JSON.stringify(pattern)}\n  gather_facts: false\n  tasks:\n${task}`;
  return { path: join(playbookDir ?? '', COMMAND_LINE), text };
};

// For Ansible an empty pattern means all hosts. What changes nothing may say so; a run with one is refused.
const namesNothing = (pattern: string): boolean => /^[\s,]*$/.test(pattern);

const hostList = (inventory: Inventory, pattern: string, limit: string | undefined): string => {
  const matched = (written: string) => (namesNothing(written) ? [...inventory.hosts.keys()] : inventory.match(written));
  const kept = limit === undefined ? undefined : new Set(matched(limit));
  const hosts = matched(pattern).filter((host) => kept?.has(host) ?? true);
  return [`  hosts (${hosts.length}):`, ...hosts.map((host) => `    ${host}`), ''].join('\n');
};

/** Runs one module on the hosts of a pattern and gives the exit code, as Ansible's `ansible`. Throws RatchetError(s) for what stops it. */
export const adhocCommand = async (flags: AdhocFlags, around: RunSurroundings): Promise<number> => {
  const pattern = await readLimit(flags.pattern);
  const file = adhocPlaybook(flags, pattern);
  const text = TEXT.includes(shortName(flags.module));
  return runCommand(flags.run, around, {
    playbooks: async (options) => [await loadPlaybookText(file, options)],
    plain: (options) => adhocRenderer(options, { text, oneLine: flags.oneLine }),
    hostList: (inventory, limit) => hostList(inventory, pattern, limit),
    ...(flags.playbookDir === undefined ? {} : { playbookDir: flags.playbookDir }),
  });
};
