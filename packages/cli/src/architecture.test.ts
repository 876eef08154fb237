import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

/** Which package may import which of ours (docs/module-authors.md tells what each holds). */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  source: ['core'],
  template: ['core', 'source'],
  inventory: ['core', 'source', 'template'],
  playbook: ['core', 'source', 'template'],
  modules: ['core', 'windows'],
  windows: ['core'],
  transport: ['core'],
  runner: ['core', 'source', 'template', 'inventory', 'playbook'],
  report: ['core'],
  testbed: ['core', 'windows'],
  cli: [
    'core',
    'source',
    'template',
    'inventory',
    'playbook',
    'modules',
    'windows',
    'transport',
    'runner',
    'report',
    'testbed',
  ],
};

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url));

type Manifest = Readonly<Record<string, unknown>> & { readonly name: string };

const manifest = (name: string): Manifest =>
  JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')) as Manifest;

const oursIn = (name: string, field: string): readonly string[] =>
  Object.keys((manifest(name)[field] ?? {}) as object)
    .filter((dependency) => dependency.startsWith('@ratchet/'))
    .map((dependency) => dependency.slice('@ratchet/'.length));

const sourcesOf = (name: string): readonly string[] =>
  readdirSync(join(PACKAGES, name, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );

describe('the package graph', () => {
  test('knows every package', () => {
    const folders = readdirSync(PACKAGES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((folder) => folder.name).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  test.each(Object.keys(ALLOWED))('%s depends only on what it may import', (name) => {
    expect(manifest(name).name).toBe(`@ratchet/${name}`);
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
      expect(oursIn(name, field).filter((dependency) => !ALLOWED[name]?.includes(dependency))).toEqual([]);
    }
  });

  test('only the demo, the tests and the benchmark use the testbed', () => {
    const users = sourcesOf('cli').filter(
      (file) =>
        !file.endsWith('.test.ts') &&
        /from '@ratchet\/testbed'|import\('@ratchet\/testbed'\)/.test(
          readFileSync(join(PACKAGES, 'cli', 'src', file), 'utf8'),
        ),
    );
    const around = /^(demo\.ts|test-run\.ts|e2e\/.*|bench\/.*|crash\/.*|faults\/.*)$/;
    expect(users.filter((file) => !around.test(file))).toEqual([]);
  });

  test('the entry of the command loads nothing but its texts before it knows what to do', () => {
    const entry = readFileSync(join(PACKAGES, 'cli', 'src', 'main.ts'), 'utf8');
    expect([...entry.matchAll(/^import .* from '(.*)';$/gm)].map((match) => match[1])).toEqual([
      './usage.js',
      './version.js',
    ]);
  });
});
