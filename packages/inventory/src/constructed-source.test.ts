import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadInventory } from './load-inventory.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'constructed-'));
  await writeFile(join(folder, 'hosts.yml'), 'web: {hosts: {web1: {cpu: 4}}}\n');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const load = async (text: string) => {
  await writeFile(join(folder, 'x.yml'), text);
  return loadInventory([join(folder, 'hosts.yml'), join(folder, 'x.yml')]);
};

test('hosts get variables and groups of what was said of them', async () => {
  const inventory = await load('plugin: constructed\ncompose: {half: cpu // 2}\ngroups: {small: half < 3}\n');
  expect(inventory.varsOf('web1').get('half')).toBe(2);
  expect(inventory.groupNamesOf('web1')).toEqual(['small', 'web']);
});

describe('is refused with its place:', () => {
  test.each([
    ['another plugin', 'plugin: azure_rm\n', 'The inventory plugin "azure_rm" is not supported.', 8],
    ['an unknown key', 'plugin: constructed\ngroop: {}\n', 'A constructed inventory has an unknown key "groop".', 20],
    [
      'a setting that is not honoured',
      'plugin: constructed\nuse_extra_vars: true\n',
      'use_extra_vars is not supported.',
      36,
    ],
    [
      'a keyed group without a key',
      'plugin: constructed\nkeyed_groups: [{prefix: a}]\n',
      'An entry of keyed_groups has no key.',
      35,
    ],
    ['keyed groups that are no list', 'plugin: constructed\nkeyed_groups: a\n', 'keyed_groups must be a list.', 34],
  ])('%s', async (_what, text, message, offset) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'inventory-invalid',
      message,
      place: { position: { offset } },
    });
  });

  test('an expression that fails, when strict is set', async () => {
    await expect(load('plugin: constructed\nstrict: true\ncompose: {a: nothing}\n')).rejects.toMatchObject({
      code: 'undefined-variable',
    });
  });
});
