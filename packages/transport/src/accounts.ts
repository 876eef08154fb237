import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FileReader } from '@ratchet/core';

// Taken when it is needed: most runs never start a program.
const run = (file: string, args: readonly string[]) => promisify(execFile)(file, args);

/** The fields of an entry of passwd or group, or undefined; asked of the system, so that directory services count. */
const entry = async (database: 'passwd' | 'group', key: string): Promise<readonly string[] | undefined> => {
  try {
    return (await run('getent', [database, '--', key])).stdout.trim().split(':');
  } catch (error) {
    // getent ends with 2 when there is no such entry.
    if ((error as { code?: unknown }).code === 2) return undefined;
    throw error;
  }
};

type Names = Pick<FileReader, 'userName' | 'groupName' | 'userNumber' | 'groupNumber'>;

/** Users and groups of this machine, each asked for once. */
export const accountNames = (): { readonly names: Names; home(user: string): Promise<string | undefined> } => {
  const known = new Map<string, Promise<readonly string[] | undefined>>();
  const ask = (database: 'passwd' | 'group', key: string): Promise<readonly string[] | undefined> => {
    const name = `${database} ${key}`;
    const found = known.get(name) ?? entry(database, key);
    known.set(name, found);
    return found;
  };
  const number = async (database: 'passwd' | 'group', name: string): Promise<number | undefined> => {
    if (/^\d+$/.test(name)) return Number(name);
    const found = (await ask(database, name))?.[2];
    return found === undefined ? undefined : Number(found);
  };
  return {
    names: {
      userName: async (uid) => (await ask('passwd', String(uid)))?.[0],
      groupName: async (gid) => (await ask('group', String(gid)))?.[0],
      userNumber: (name) => number('passwd', name),
      groupNumber: (name) => number('group', name),
    },
    home: async (user) => (await ask('passwd', user))?.[5],
  };
};
