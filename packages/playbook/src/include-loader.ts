import { sourceError } from '@ratchet/core';
import type { Around } from './around.js';
import { findFile } from './find-file.js';
import type { Include, Included, IncludeLoader, IncludeUse } from './include.js';
import { RoleReader } from './role-reader.js';
import type { Session } from './session.js';
import type { Task, TaskNode } from './task.js';

type Flatten = (session: Session) => (nodes: readonly TaskNode[]) => readonly Task[];

const aroundOf = (include: Include, use: IncludeUse): Around => {
  const { around } = include;
  const { inherited } = around;
  return {
    ...around,
    chain: use.chain,
    inherited: { ...inherited, includeParams: new Map([...inherited.includeParams, ...use.params]) },
  };
};

/** Reads the includes of one play as it comes to them; files are read once in a run. */
export const includeLoader = (session: Session, playbookDir: string, flatten: Flatten): IncludeLoader => {
  const load = async (name: string, read: (reader: RoleReader) => Promise<readonly TaskNode[]>): Promise<Included> => {
    const fresh = session.fresh();
    const reader = new RoleReader(fresh, playbookDir, flatten(fresh));
    const nodes = await read(reader);
    fresh.findings.throwIfAny();
    return { name, nodes, handlers: reader.importedHandlers, roles: reader.roles };
  };
  return {
    tasks: async (include, use, file) => {
      const around = aroundOf(include, use);
      const path = await findFile(file, around.folders);
      if (path === undefined)
        throw sourceError('file-not-found', `There is no task file ${file}.`, include.position, {
          hint: `Looked in ${around.folders.join(', ')}.`,
        });
      return load(path, (reader) => reader.readFile(path, around));
    },
    role: (include, use, { name, validate, from }) =>
      load(name, (reader) =>
        reader.importRole(
          {
            name,
            position: include.position,
            params: new Map(),
            vars: use.params,
            allowDuplicates: true,
            validate,
            from,
          },
          aroundOf(include, use),
        ),
      ),
  };
};
