import { canonicalText } from '../conformance/canonical.js';
import { answerInventory, askInventory } from '../conformance/inventory-case.js';
import type { FuzzResult } from './fuzz.js';
import type { Sample } from './oracle-sample.js';

/** Each text takes two processes of seconds. */
const SAMPLE = 40;
const COMMAND = '-i hosts --list';

// What Ansible's reader of INI files passes over or takes otherwise, on purpose (docs/ansible-compatibility.md), and encrypted values.
const DIFFERENT = /\$ANSIBLE_VAULT|!vault|!unsafe|\ufeff|\u0000|\{[{%#]/;

const answerOf = async (text: string, ask: typeof askInventory): Promise<string> => {
  const body = { files: { hosts: text }, commands: [COMMAND] };
  return canonicalText(await ask({ kind: 'inventories', name: 'fuzz', path: 'fuzz', text, body }));
};

/** Gives inventories that Ratchet accepts to ansible-inventory too, and compares where it finds hosts in them. */
export const differingInventories = async ({ accepted }: FuzzResult): Promise<Sample> => {
  const candidates = accepted.filter(
    ({ text, verdict }) => verdict.value instanceof Map && verdict.value.size > 0 && !DIFFERENT.test(text),
  );
  const step = Math.max(1, Math.floor(candidates.length / SAMPLE));
  const found: { text: string; wanted: string; got: string }[] = [];
  let compared = 0;
  for (const { text } of candidates.filter((_one, index) => index % step === 0).slice(0, SAMPLE)) {
    const wanted = await answerOf(text, askInventory);
    if (!wanted.includes('hosts"')) continue;
    compared++;
    const got = await answerOf(text, answerInventory);
    if (wanted !== got) found.push({ text, wanted, got });
  }
  return { compared, found };
};
