import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Value } from '@ratchet/core';
import { type Canonical, canonicalOf, canonicalText } from '../conformance/canonical.js';
import { askAnsibleCore } from '../conformance/expression-case.js';
import { inNewFolder, oracleVersion } from '../conformance/oracle.js';
import type { FuzzResult } from './fuzz.js';
import { FUZZ_VARS, isUnusual } from './probes.js';

export interface Sample {
  readonly compared: number;
  readonly found: readonly { readonly text: string; readonly wanted: string; readonly got: string }[];
}

const SAMPLE = 400;

// What differs by chance, or on purpose (docs/ansible-compatibility.md).
const DIFFERENT = /random|shuffle|now|pipe|ipaddr|ipv[46]/;
const DIFFERENT_YAML = /\$ANSIBLE_VAULT|!vault|!unsafe|\ufeff/;

// With native types the oracle reads texts again as literals, which 2.19 does not; in its text mode nothing is compared.
const isComparable = (value: Value): boolean => typeof value !== 'string' && !isUnusual(value);

const some = <T>(items: readonly T[]): readonly T[] => {
  const step = Math.max(1, Math.floor(items.length / SAMPLE));
  return items.filter((_item, index) => index % step === 0).slice(0, SAMPLE);
};

/** Gives what both tools accept to ansible-core too; undefined where it is not installed. */
export const differing = async (yaml: FuzzResult, jinja: FuzzResult): Promise<Sample | undefined> => {
  if ((await oracleVersion()) === undefined) return undefined;
  const templates = some(
    jinja.accepted.filter(({ text, verdict }) => isComparable(verdict.value) && !DIFFERENT.test(text)),
  );
  const texts = some(
    yaml.accepted.filter(({ text, verdict }) => !isUnusual(verdict.value) && !DIFFERENT_YAML.test(text)),
  );
  return inNewFolder(async (folder) => {
    const vars = join(folder, 'vars.yml');
    await writeFile(vars, JSON.stringify(FUZZ_VARS));
    const asked = {
      folder,
      files: [{ vars, templates: templates.map(({ text }) => text), yaml: texts.map(({ text }) => text) }],
    };
    const answers = (await askAnsibleCore(folder, JSON.stringify(asked), true))[0] ?? [];
    let compared = 0;
    const found = [...templates, ...texts].flatMap(({ text, verdict }, index) => {
      const answer = answers[index];
      if (answer === undefined || answer.error) return [];
      compared++;
      const wanted = canonicalText((answer.value ?? null) as Canonical);
      const got = canonicalText(canonicalOf(verdict.value));
      return wanted === got ? [] : [{ text, wanted, got }];
    });
    return { compared, found };
  });
};
