import { dirname } from 'node:path';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';

/**
 * The folders in which a task's files are looked for (Ansible's `ansible_search_path`): its role, the roles that pulled it in from the
 * inside out, the folder of its task file, the playbook's folder.
 */
export const searchRoots = (play: PlayContext, task: Task | undefined): readonly string[] => {
  const role = task?.role;
  const roots = role ? [role.path, ...[...role.parentPaths].reverse()] : [];
  if (task) roots.push(dirname(task.position.file.path));
  roots.push(dirname(play.play.position.file.path));
  return [...new Set(roots)];
};
