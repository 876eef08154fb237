#!/usr/bin/env node
import { countOf, toolValues } from '../tool-arguments.js';
import { type FuzzResult, fuzz } from './fuzz.js';
import { differingInventories } from './inventory-sample.js';
import { differing } from './oracle-sample.js';
import { probeInventory, probeTemplate, probeYaml } from './probes.js';
import { inventoryAlphabet, jinjaAlphabet, yamlAlphabet } from './seeds.js';

const values = toolValues({
  call: 'npm run fuzz --',
  summary: 'Feeds the parsers with texts made of pieces and with edited ones, and compares samples with ansible-core.',
  options: { runs: { type: 'string', default: '4000' }, seed: { type: 'string', default: String(Date.now() % 1e9) } },
  says: { runs: 'N: so many texts for each parser; default 4000', seed: 'N: makes the same texts again' },
});
const runs = countOf('--runs', values.runs);
const seed = countOf('--seed', values.seed);
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const told = (name: string, result: FuzzResult): boolean => {
  const share = Math.round((100 * result.editedParsed) / Math.max(1, result.edited));
  say(
    `${name}: ${result.inputs} inputs, ${result.accepted.length} accepted (${share} % of the edited ones parse), ${result.faults.length} faults, slowest ${Math.round(result.slowest.milliseconds)} ms: ${JSON.stringify(result.slowest.text.slice(0, 80))}`,
  );
  for (const { text, why } of result.faults.slice(0, 20))
    say(`  FAULT ${why}\n    ${JSON.stringify(text.slice(0, 500))}`);
  return result.faults.length === 0;
};

process.env['RATCHET_TEST'] = 'from the environment';
say(`seed ${seed}`);
const yaml = fuzz(await yamlAlphabet(), probeYaml, runs, seed);
const jinja = fuzz(await jinjaAlphabet(), probeTemplate, runs, seed);
const inventories = fuzz(await inventoryAlphabet(), probeInventory, runs, seed);
const clean = [told('YAML', yaml), told('inventories', inventories), told('Jinja', jinja)].every((fine) => fine);
const texts = await differing(yaml, jinja);
const hosts = texts && (await differingInventories(inventories));
const differences = texts &&
  hosts && { compared: texts.compared + hosts.compared, found: [...texts.found, ...hosts.found] };
say(
  differences === undefined
    ? 'ansible-core is not installed: nothing compared'
    : `compared with ansible-core where both accept: ${differences.compared}, different: ${differences.found.length}`,
);
for (const { text, wanted, got } of differences?.found ?? [])
  say(
    `  DIFFERENT ${JSON.stringify(text.slice(0, 300))}\n    wanted ${wanted.slice(0, 300)}\n    got    ${got.slice(0, 300)}`,
  );
process.exitCode = clean && (differences?.found.length ?? 0) === 0 ? 0 : 1;
