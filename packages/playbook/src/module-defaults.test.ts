import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Module, type ModuleCatalogue, placeName, RatchetErrors, toPlain } from '@ratchet/core';
import { loadPlaybook } from './load-playbook.js';
import type { Task } from './task.js';

const accepts = { safeParse: (data: unknown) => ({ success: true, data }) };
const registry = {
  kind: 'action',
  name: 'registry',
  summary: '',
  aliases: ['win_regedit'],
  parameters: { path: { description: '', required: true, aliases: ['key'] }, data: { description: '' } },
  params: accepts,
} as unknown as Module;
const catalogue: ModuleCatalogue = {
  find: (name) => ([registry.name, ...(registry.aliases ?? [])].includes(name) ? registry : undefined),
  names: () => ['registry', 'win_regedit'],
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-defaults-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = async (defaults: string, task: string) => {
  const path = join(folder, 'play.yml');
  await writeFile(path, `- hosts: all\n  module_defaults: ${defaults}\n  tasks:\n    - ${task}\n`);
  return loadPlaybook(path, { catalogue, rolesPath: [] });
};

const paramsOf = async (defaults: string, task: string) => {
  const [section] = (await load(defaults, task)).plays[0]?.sections.filter(({ kind }) => kind === 'tasks') ?? [];
  const { params, paramsBelow } = (section?.body ?? [])[0] as Task;
  return { params: toPlain(params), below: paramsBelow?.map(toPlain) };
};

const faults = async (defaults: string, task = 'registry: {path: a}') => {
  const thrown = await load(defaults, task).then(
    () => new RatchetErrors([]),
    (error: unknown) => error as RatchetErrors,
  );
  return thrown.errors.map(({ code, place, hint = '' }) => {
    const at = place?.at === 'source' ? placeName(place.position).split('/').at(-1) : '';
    return `${at} ${code} ${hint}`.trim();
  });
};

describe('module_defaults', () => {
  test('stand below what a task writes, under any name of the module and of the parameter', async () => {
    expect(await paramsOf('{win_regedit: {path: a, data: 1}}', 'win_regedit: {key: b}')).toEqual({
      params: { key: 'b', data: 1 },
      below: undefined,
    });
  });

  test('give a parameter that must be there', async () => {
    expect(await faults('{registry: {path: a}}', 'registry:')).toEqual([]);
    expect(await faults('{registry: {data: 1}}', 'registry:')).toEqual(['play.yml:4:7 param-invalid']);
  });

  test('that are a template are laid below in the run', async () => {
    expect(await paramsOf('{registry: "{{ some }}"}', 'registry: {path: b}')).toEqual({
      params: { path: 'b' },
      below: ['{{ some }}'],
    });
  });

  test('are refused where they cannot be right', async () => {
    expect(await faults('{regsitry: {}}')).toEqual(['play.yml:2:21 module-unknown Did you mean "registry"?']);
    expect(await faults('{registry: {dta: 1}}')).toEqual(['play.yml:2:32 param-invalid Did you mean "data"?']);
    expect(await faults('{group/aws: {}}')).toEqual([
      'play.yml:2:21 not-supported Write the defaults under the name of each module.',
    ]);
    expect(await faults('[registry]')).toEqual(['play.yml:2:20 playbook-invalid']);
    expect(await faults('{registry: 5}')).toEqual(['play.yml:2:31 playbook-invalid']);
  });
});
