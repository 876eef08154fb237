import { createHash } from 'node:crypto';
import { type Dict, sourceError, Template, toPlain, type Value } from '@ratchet/core';
import type { Include, RolePart, Task } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { HostState } from './host-state.js';
import type { Item } from './plan-item.js';
import { flag } from './told-keyword.js';

/** What one host includes for one item of an include's loop. */
export interface Request {
  readonly host: HostState;
  /** The file or the role. */
  readonly name: string;
  readonly from: Readonly<Partial<Record<RolePart, string>>>;
  readonly params: Dict;
  readonly validate: boolean;
  readonly isPublic: boolean;
  readonly allowDuplicates: boolean;
  readonly item: Item;
  readonly label: string | undefined;
}

/** The same include for several hosts. */
export interface Group {
  readonly first: Request;
  readonly hosts: readonly HostState[];
  /** What the ids of the included tasks begin with; the same in every run. */
  readonly chain: string;
}

const textOf = (templar: Templar, written: string | Template, task: Task): string => {
  const found = templar.finish(written);
  if (typeof found === 'string' && found !== '') return found;
  const position = written instanceof Template ? written.position : task.position;
  throw sourceError(
    'param-invalid',
    `${task.action.name} needs a name, not ${JSON.stringify(toPlain(found))}.`,
    position,
  );
};

/** What a host includes for an item. Throws as templating does. */
export const requestOf = (
  include: Include,
  task: Task,
  host: HostState,
  item: Item,
  templar: Templar,
  label: string | undefined,
): Request => {
  const params = new Map(item.own);
  params.delete('ansible_loop_var');
  for (const name of task.vars.keys()) {
    const own = task.includeParams.get(name);
    if (own !== undefined) params.set(name, own);
  }
  const base = { host, params, item, label };
  if (include.kind === 'tasks')
    return {
      ...base,
      name: textOf(templar, include.file, task),
      from: {},
      validate: true,
      isPublic: false,
      allowDuplicates: true,
    };
  const from = Object.entries(include.from).map(([part, written]) => [part, textOf(templar, written, task)]);
  return {
    ...base,
    name: textOf(templar, include.role, task),
    from: Object.fromEntries(from),
    validate: flag(templar, include.validate, true),
    isPublic: flag(templar, include.public, false),
    allowDuplicates: flag(templar, include.allowDuplicates, true),
  };
};

const fingerprint = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Template) return { template: part.text };
    if (part instanceof Map) return [...part];
    return typeof part === 'bigint' ? String(part) : part;
  });

const shortHash = (value: Value): string => createHash('sha256').update(fingerprint(value)).digest('hex').slice(0, 8);

/** The requests of all hosts, put together where they ask for the same; a host that asks twice is in two groups. */
export const groupRequests = (task: Task, requests: readonly Request[]): readonly Group[] => {
  const groups = new Map<string, { first: Request; hosts: HostState[]; chain: string }>();
  const asked = new Map<string, number>();
  for (const request of requests) {
    const key = fingerprint([request.name, request.from, request.params]);
    const mine = `${key} ${request.host.name}`;
    const count = (asked.get(mine) ?? 0) + 1;
    asked.set(mine, count);
    const group = groups.get(`${key} ${count}`);
    if (group) {
      group.hosts.push(request.host);
      continue;
    }
    const item =
      request.item.value === undefined ? '' : `[${shortHash(request.item.value)}${count > 1 ? `#${count}` : ''}]`;
    groups.set(`${key} ${count}`, { first: request, hosts: [request.host], chain: task.id + item });
  }
  return [...groups.values()];
};
