import { RatchetError } from '@ratchet/core';
import type { Engine } from './engine.js';
import { findOnPath } from './search.js';

/** The folders that lookups look in, in order; the last is the playbook's. */
export const rootsOf = (engine: Engine): readonly string[] => engine.options.searchRoots?.() ?? [''];

/** The playbook's folder: where commands of lookups run, and what paths of files to be made are relative to. */
export const playbookFolder = (engine: Engine): string => rootsOf(engine).at(-1) ?? '';

/** The path of a file that a lookup names. Errors: `file-not-found`. */
export const foundFile = (engine: Engine, folder: string, name: string): string => {
  const path = findOnPath(rootsOf(engine), folder, name);
  if (path !== undefined) return path;
  const looked = rootsOf(engine).join(', ');
  throw new RatchetError('file-not-found', `The file ${name} was not found.`, {
    hint: looked === '' ? undefined : `Looked in ${looked}.`,
  });
};
