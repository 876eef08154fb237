import { Float, fromPlain, RatchetError, Template, type Value } from '@ratchet/core';
import { inventoryOfText } from '@ratchet/inventory';
import { loadYaml, nodeToValue } from '@ratchet/source';
import { Templar } from '@ratchet/template';

/** What became of one input. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly value: Value }
  /** `parsed`: the text is well formed, and what it says fails. */
  | { readonly kind: 'refused'; readonly parsed: boolean }
  | { readonly kind: 'fault'; readonly why: string };

/** The variables that templates are tried over; the oracle gets the same. */
export const FUZZ_VARS = { l: [3, 1, 2], d: { a: 1, b: { c: [1, 2] } }, n: 5, s: 'some text', x: null, f: 1.5 };

const SYNTAX: ReadonlySet<string> = new Set([
  'inventory-invalid',
  'template-syntax',
  'yaml-syntax',
  'yaml-duplicate-key',
  'not-supported',
]);

const judged = (work: () => Value): Verdict => {
  try {
    return { kind: 'accepted', value: work() };
  } catch (thrown) {
    if (!(thrown instanceof RatchetError)) return { kind: 'fault', why: `no error of ours: ${String(thrown)}` };
    if (thrown.code === 'internal') return { kind: 'fault', why: `internal: ${thrown.message}` };
    const parsed = !SYNTAX.has(thrown.code);
    return thrown.place ? { kind: 'refused', parsed } : { kind: 'fault', why: `without a place: ${thrown.message}` };
  }
};

/** Reads a text as a YAML file. */
export const probeYaml = (text: string): Verdict =>
  judged(() => {
    const node = loadYaml({ path: 'fuzz.yml', text }, { decrypt: () => 'decrypted' });
    return node === null ? null : nodeToValue(node);
  });

/** Reads a text as an inventory file: its hosts with their variables and groups. */
export const probeInventory = (text: string): Verdict =>
  judged(() => {
    const inventory = inventoryOfText({ path: 'fuzz', text }, { decrypt: () => 'decrypted' });
    return new Map(
      [...inventory.hosts.keys()].map((host) => [host, [inventory.varsOf(host), inventory.groupNamesOf(host)]]),
    );
  });

const variables = new Map(Object.entries(FUZZ_VARS).map(([name, value]) => [name, fromPlain(value)]));
const scope = { get: (name: string) => variables.get(name), names: () => [...variables.keys()] };

/** Templates a text over the variables. */
export const probeTemplate = (text: string): Verdict =>
  judged(() =>
    new Templar(scope, { timeLimit: 2000, sizeLimit: 1_000_000 }).finish(
      new Template(text, { file: { path: 'fuzz.j2', text }, offset: 0 }),
    ),
  );

/** Whether a value holds a number that JSON does not have. */
export const isUnusual = (value: Value): boolean => {
  if (value instanceof Float) return !Number.isFinite(value.value);
  if (value instanceof Map) return [...value].some(([key, item]) => typeof key !== 'string' || isUnusual(item));
  return Array.isArray(value) && value.some(isUnusual);
};
