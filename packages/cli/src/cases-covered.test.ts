import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const testTexts = (): readonly string[] =>
  readdirSync(`${root}packages`).flatMap((name) => {
    const source = `${root}packages/${name}/src`;
    return readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(`${source}/${file}`, 'utf8'));
  });

test('every case from the field is named by a test', () => {
  const cases = readdirSync(`${root}fixtures/cases`).filter((name) => /^C\d+$/.test(name));
  const named = new Set(testTexts().flatMap((text) => text.match(/\bC\d\d\b/g) ?? []));
  expect(cases.length).toBeGreaterThan(40);
  expect(cases.filter((name) => !named.has(name))).toEqual([]);
});
