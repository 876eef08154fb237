import { describe, expect, test } from '@jest/globals';
import { fuzz } from './fuzz.js';
import { probeInventory, probeTemplate, probeYaml } from './probes.js';
import { inventoryAlphabet, jinjaAlphabet, yamlAlphabet } from './seeds.js';

const RUNS = 300;
const SEED = 20261125;

describe('random and damaged inputs end in a value or in an error with a place', () => {
  test('YAML', async () => {
    const result = fuzz(await yamlAlphabet(), probeYaml, RUNS, SEED);
    expect(result.faults).toEqual([]);
    expect(result.editedParsed).toBeGreaterThan(result.edited / 3);
  });

  test('inventories', async () => {
    const result = fuzz(await inventoryAlphabet(), probeInventory, RUNS, SEED);
    expect(result.faults).toEqual([]);
    expect(result.editedParsed).toBeGreaterThan(result.edited / 3);
  });

  test('Jinja', async () => {
    const result = fuzz(await jinjaAlphabet(), probeTemplate, RUNS, SEED);
    expect(result.faults).toEqual([]);
    expect(result.editedParsed).toBeGreaterThan(result.edited / 3);
  });
});
