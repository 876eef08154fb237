import { basename } from 'node:path';
import type { RoleContext } from '@ratchet/playbook';

/** The collection that a role is from (`ns.name`), by the folder that it stands in; undefined for a role of its own. */
export const collectionOf = ({ path }: Pick<RoleContext, 'path'>): string | undefined => {
  const [, namespace, name] =
    /ansible_collections[\\/]([^\\/]+)[\\/]([^\\/]+)[\\/]roles[\\/][^\\/]+[\\/]?$/.exec(path) ?? [];
  return namespace === undefined || name === undefined ? undefined : `${namespace}.${name}`;
};

/** A role's name without its collection. */
export const plainRoleName = (role: Pick<RoleContext, 'path' | 'name'>): string =>
  collectionOf(role) === undefined ? role.name : basename(role.path);

/** A role's name with its collection in front, if it is from one. */
export const fullRoleName = (role: Pick<RoleContext, 'path' | 'name'>): string => {
  const collection = collectionOf(role);
  return collection === undefined ? role.name : `${collection}.${basename(role.path)}`;
};
