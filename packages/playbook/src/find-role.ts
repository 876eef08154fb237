import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { didYouMean } from '@ratchet/core';
import type { RoleUse } from './around.js';
import { isFolder } from './find-file.js';
import type { RoleContext } from './role.js';
import type { Session } from './session.js';

/** `namespace.collection.role`: the folder below a collections folder. */
const collectionFolder = (name: string): string | undefined => {
  const found = /^(\w+)\.(\w+)\.(.+)$/.exec(name);
  return found
    ? join('ansible_collections', found[1] as string, found[2] as string, 'roles', found[3] as string)
    : undefined;
};

/**
 * The folder of a role: `roles/` beside the playbook, the folder of the role that names it, the roles path, beside the playbook;
 * for a collection's role (`namespace.collection.role`, or a name that one of the `collections` has) `collections/` beside the playbook and the collections path. Reports one that is nowhere.
 */
export const findRole = async (
  session: Session,
  playbookDir: string,
  use: RoleUse,
  parent: RoleContext | undefined,
  collections: readonly string[],
): Promise<string | undefined> => {
  const { rolesPath, collectionsPath = [] } = session.options;
  const beside = parent ? [dirname(parent.path)] : [];
  const folders = [join(playbookDir, 'roles'), ...beside, ...rolesPath, playbookDir];
  const plain = isAbsolute(use.name) ? [use.name] : folders.map((folder) => join(folder, use.name));
  const named = [use.name, ...collections.map((collection) => `${collection}.${use.name}`)];
  const inCollections = named
    .flatMap((name) => collectionFolder(name) ?? [])
    .flatMap((collected) =>
      [join(playbookDir, 'collections'), ...collectionsPath].map((folder) => join(folder, collected)),
    );
  for (const path of [...inCollections, ...plain]) if (await isFolder(path)) return path;
  const names = await Promise.all(folders.slice(0, -1).map((folder) => readdir(folder).catch(() => [])));
  const looked = [...new Set(folders)].join(', ');
  const hint = didYouMean(use.name, names.flat()) ?? `Looked in ${looked}.`;
  session.findings.report('role-not-found', `There is no role "${use.name}".`, use.position, hint);
  return undefined;
};
