#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runMutations } from './mutate.js';
import { runSuite } from './suite.js';

const REPOSITORY = new URL('../../../../', import.meta.url);
const { values } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    stored: { type: 'boolean', default: false },
    only: { type: 'string' },
    mentioning: { type: 'string' },
    mutate: { type: 'boolean', default: false },
    kind: { type: 'string', multiple: true, default: [] },
    cases: { type: 'string', default: fileURLToPath(new URL('conformance/cases', REPOSITORY)) },
  },
});
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const { ok } = values.mutate
  ? await runMutations({
      cases: values.cases,
      document: fileURLToPath(new URL('docs/conformance-mutations.md', REPOSITORY)),
      kinds: values.kind,
      say,
    })
  : await runSuite({
      folder: values.cases,
      asks: values.fresh ? 'all' : values.stored ? 'nothing' : 'some',
      only: values.only,
      mentioning: values.mentioning,
      say,
    });
process.exitCode = ok ? 0 : 1;
