#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { toolValues } from '../tool-arguments.js';
import { runMutations } from './mutate.js';
import { runSuite } from './suite.js';

const REPOSITORY = new URL('../../../../', import.meta.url);
const values = toolValues({
  call: 'npm run conformance --',
  summary: 'Runs the conformance cases against Ratchet and, where it is installed, ansible-core.',
  options: {
    fresh: { type: 'boolean', default: false },
    stored: { type: 'boolean', default: false },
    only: { type: 'string' },
    mentioning: { type: 'string' },
    mutate: { type: 'boolean', default: false },
    kind: { type: 'string', multiple: true, default: [] },
    cases: { type: 'string', default: fileURLToPath(new URL('conformance/cases', REPOSITORY)) },
  },
  says: {
    fresh: 'asks ansible-core for all expectations again',
    stored: 'asks ansible-core nothing',
    only: 'PATTERN: the cases of such names, e.g. playbooks/loop*',
    mentioning: 'TEXT: the cases with this text in them',
    mutate: 'damages the product, one mutation after the other, and tells which ones no case finds',
    kind: 'KIND: mutations of this kind only; may be given again',
    cases: 'FOLDER: where the cases are',
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
