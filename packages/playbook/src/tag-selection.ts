/**
 * Whether a task with these tags runs under `--tags` and `--skip-tags`, as Ansible decides it: `always` runs unless it is
 * skipped, also where it stands beside `never`; `never` only when one of its tags is asked for; `all`, `tagged` and `untagged` are words of the command line.
 */
export const tagsSelect = (tags: readonly string[], only: readonly string[], skip: readonly string[]): boolean => {
  const has = (tag: string): boolean => tags.includes(tag);
  const named = (list: readonly string[], tagged: boolean): boolean =>
    list.some((word) => has(word) || (word === 'tagged' && tagged) || (word === 'untagged' && tags.length === 0));
  // `tagged` asks for no tag by name, and so for nothing that is tagged never.
  const asked = named(only, tags.length > 0 && !has('never'));
  const asksAll = only.length === 0 || only.includes('all');
  const wanted = has('always') || asked || (asksAll && !has('never'));
  if (!wanted) return false;
  if (skip.includes('all')) return has('always') && !skip.includes('always');
  return !named(skip, tags.length > 0);
};
