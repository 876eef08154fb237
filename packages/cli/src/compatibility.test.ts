import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import {
  filterNames,
  lookupNames,
  REFUSED_FILTERS,
  REFUSED_LOOKUPS,
  REFUSED_TESTS,
  testNames,
} from '@ratchet/template';

const document = readFileSync(
  fileURLToPath(new URL('../../../docs/ansible-compatibility.md', import.meta.url)),
  'utf8',
);

const listed = (name: string): readonly string[] => {
  const part = document.split(`<!-- ${name} -->`)[1]?.split('<!-- end -->')[0] ?? '';
  return [...part.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '').sort();
};

describe('docs/ansible-compatibility.md', () => {
  test.each([
    ['filters', filterNames()],
    ['tests', testNames()],
    ['lookups', lookupNames()],
  ])('lists exactly the %s that there are', (name, names) => {
    expect(listed(name)).toEqual([...names].sort());
  });

  test.each([...REFUSED_FILTERS, ...REFUSED_TESTS, ...REFUSED_LOOKUPS])(
    'says that %s is refused, and why',
    (name, why) => {
      expect(document).toContain(`- \`${name}\`: ${why}`);
    },
  );
});
