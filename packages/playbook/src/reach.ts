import type { Session } from './session.js';
import { tagsSelect } from './tag-selection.js';
import type { Inherited } from './task.js';

const isNever = (value: unknown): boolean =>
  value === false || (typeof value === 'string' && /^\s*[Ff]alse\s*$/.test(value));

/** Whether a task can run at all: neither the tags asked for nor a condition that is written as `false` rule it out. */
export const isReachable = (inherited: Inherited, session: Session): boolean => {
  const { tags = [], skipTags = [] } = session.options;
  return tagsSelect(inherited.tags, tags, skipTags) && !inherited.when.some((condition) => isNever(condition.value));
};
