import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { catalogue } from './catalogue.js';
import { moduleReference } from './module-reference.js';

test('docs/modules.md is what the schemas say; after a change: npm run docs:modules', async () => {
  const written = await readFile(new URL('../../../docs/modules.md', import.meta.url), 'utf8');
  expect(written).toBe(moduleReference(catalogue));
});
