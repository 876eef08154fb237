import { createHash } from 'node:crypto';
import { RatchetError, type Secrets, toPlain } from '@ratchet/core';
import type { Inventory } from '@ratchet/inventory';
import type { Playbook } from '@ratchet/playbook';
import { projectPath } from '@ratchet/source';
import { encode } from './recorded-data.js';

/** What a run was made of: a hash for each file that was read as playbook text, and for each host's groups and variables. */
export interface Fingerprints {
  readonly files: Readonly<Record<string, string>>;
  readonly hosts: Readonly<Record<string, string>>;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Fingerprints of playbooks and inventory. Known secrets are masked before hashing, so that a hash tells nothing of them. */
export const fingerprintsOf = (
  playbooks: readonly Playbook[],
  inventory: Inventory,
  secrets: Secrets,
): Fingerprints => ({
  files: Object.fromEntries(
    playbooks.flatMap((playbook) =>
      playbook.files.map((file) => [projectPath(file.path), hash(secrets.mask(file.text))]),
    ),
  ),
  hosts: Object.fromEntries(
    [...inventory.hosts.keys()].map((name) => {
      const about = [inventory.groupNamesOf(name), toPlain(inventory.varsOf(name))];
      return [name, hash(secrets.mask(JSON.stringify(encode(about))))];
    }),
  ),
});

const moved = (before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]);

const SINCE = {
  plan: { since: 'the plan was made', hint: 'Make a new plan, look at it, and apply that.' },
  run: {
    since: 'the run began',
    hint: 'Steps are known by their file and line. Put it back as it was, or resume with --accept-changes.',
  },
} as const;

/** The error that names what is not as it was when the run began, or its plan was made; undefined when nothing moved. */
export const changedSince = (
  before: Fingerprints,
  now: Fingerprints,
  begun: keyof typeof SINCE,
): RatchetError | undefined => {
  const what = [
    ...moved(before.files, now.files).map((path) => `file ${path}`),
    ...moved(before.hosts, now.hosts).map((name) => `host ${name} of the inventory`),
  ];
  if (what.length === 0) return undefined;
  const more = what.length > 10 ? ` and ${what.length - 10} more` : '';
  const { since, hint } = SINCE[begun];
  return new RatchetError('changed-since', `Changed since ${since}: ${what.slice(0, 10).join(', ')}${more}.`, {
    hint,
    details: { changed: what },
  });
};
