import type { ModuleInfo } from '@ratchet/core';
import type { Playbook } from '@ratchet/playbook';

const patternOf = (names: readonly string[]): RegExp =>
  new RegExp(`\\bansible_(?:${names.map((name) => name.replaceAll('*', '\\w*')).join('|')})\\b`);

const known = new WeakMap<Playbook, boolean>();

/**
 * Whether anything that was read for a playbook (its own text, roles, files of tasks and variables) names a fact of hosts that the
 * module gathers.
 */
export const mentionsFacts = (playbook: Playbook, { facts = [] }: Pick<ModuleInfo, 'facts'>): boolean => {
  if (facts.length === 0) return false;
  const pattern = patternOf(facts);
  const found = known.get(playbook) ?? playbook.files.some(({ text }) => pattern.test(text));
  known.set(playbook, found);
  return found;
};
