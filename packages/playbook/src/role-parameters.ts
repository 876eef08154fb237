import type { Template } from '@ratchet/core';
import type { Fields } from './fields.js';
import type { RolePart } from './include.js';

const PARTS: readonly RolePart[] = ['tasks', 'handlers', 'vars', 'defaults'];

/** Parameters of `import_role`; `include_role` has `apply` too. */
export const ROLE_PARAMETERS = [
  'name',
  'role',
  ...PARTS.map((part) => `${part}_from`),
  'allow_duplicates',
  'public',
  'rolespec_validate',
];

/** `tasks_from` and the like, by part. */
export const roleParts = (given: Fields): Readonly<Partial<Record<RolePart, string | Template>>> => {
  const parts: Partial<Record<RolePart, string | Template>> = {};
  for (const part of PARTS) {
    const name = given.text(`${part}_from`);
    if (given.has(`${part}_from`) && name === undefined) given.wrong(`${part}_from`, 'a text');
    if (name !== undefined) parts[part] = name;
  }
  return parts;
};
