import { afterAll, describe, expect, test } from '@jest/globals';
import { toPlain } from '@ratchet/core';
import { found, load, removeFolders, tasksOf } from './test-playbook.js';

afterAll(removeFolders);

const playbook = (defaults: string, task: string): string =>
  `- hosts: all\n  module_defaults: ${defaults}\n  tasks:\n    - ${task}\n`;

const paramsOf = async (defaults: string, task: string) => {
  const [one] = tasksOf(await load(playbook(defaults, task)));
  return { params: toPlain(one?.params ?? null), below: one?.paramsBelow?.map(toPlain) };
};

const faults = async (defaults: string, task = 'registry: {path: a}') => {
  try {
    await load(playbook(defaults, task));
    return [];
  } catch {
    return found(playbook(defaults, task));
  }
};

describe('module_defaults', () => {
  test('stand below what a task writes, under any name of the module and of the parameter', async () => {
    expect(await paramsOf('{win_regedit: {path: a, state: present}}', 'win_regedit: {key: b}')).toEqual({
      params: { key: 'b', state: 'present' },
      below: undefined,
    });
  });

  test('give a parameter that must be there', async () => {
    expect(await faults('{registry: {path: a}}', 'registry:')).toEqual([]);
    expect(await faults('{registry: {state: present}}', 'registry:')).toEqual(['play.yml:4:7 param-invalid']);
  });

  test('that are a template are laid below in the run', async () => {
    expect(await paramsOf('{registry: "{{ some }}"}', 'registry: {path: b}')).toEqual({
      params: { path: 'b' },
      below: ['{{ some }}'],
    });
  });

  test('are refused where they cannot be right', async () => {
    expect(await faults('{regsitry: {}}')).toEqual(['play.yml:2:21 module-unknown Did you mean "registry"?']);
    expect(await faults('{registry: {stte: 1}}')).toEqual(['play.yml:2:32 param-invalid Did you mean "state"?']);
    expect(await faults('{group/aws: {}}')).toEqual([
      'play.yml:2:21 not-supported Write the defaults under the name of each module.',
    ]);
    expect(await faults('[registry]')).toEqual(['play.yml:2:20 playbook-invalid']);
    expect(await faults('{registry: 5}')).toEqual(['play.yml:2:31 playbook-invalid']);
  });
});
