// Python's own words: a template of Ansible's could not read a variable of such a name.
const RESERVED: ReadonlySet<string> = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if import
   in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
);

/** Whether a playbook can give a variable this name: letters, digits and underscores, no digit first, no word of Python's. */
export const isVariableName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name);
