#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runSuite } from './suite.js';

const { values } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    only: { type: 'string' },
    cases: { type: 'string', default: fileURLToPath(new URL('../../../../conformance/cases', import.meta.url)) },
  },
});
const { ok } = await runSuite({
  folder: values.cases,
  fresh: values.fresh,
  only: values.only,
  say: (line) => process.stdout.write(`${line}\n`),
});
process.exitCode = ok ? 0 : 1;
