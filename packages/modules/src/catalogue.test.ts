import { describe, expect, test } from '@jest/globals';
import { catalogue } from './catalogue.js';

test('finds a module by its name, its alias and its fully qualified name', () => {
  for (const name of ['win_regedit', 'ansible.windows.win_regedit'])
    expect(catalogue.find(name)?.name).toBe('win_regedit');
  expect(catalogue.find('registry')?.name).toBe('registry');
  expect(catalogue.find('ansible.builtin.debug')?.name).toBe('debug');
  expect(catalogue.find('nope')).toBeUndefined();
});

describe.each(catalogue.names())('%s', (name) => {
  const module = catalogue.find(name);
  test('has no parameter name twice', () => {
    const names = Object.entries(module?.parameters ?? {}).flatMap(([one, { aliases }]) => [one, ...(aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });
  test('refuses an unknown parameter by its own schema', () => {
    if (module?.openParameters) return;
    const end = module?.params.safeParse({ nonsense_parameter: 1 });
    expect(end?.success).toBe(false);
  });
});
