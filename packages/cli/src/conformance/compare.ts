import { type Canonical, canonicalText } from './canonical.js';
import { type CaseFile, type Kind, record } from './case-file.js';
import type { ExpressionCase } from './expression-case.js';

/** Where Ratchet's answer is not what it should be. */
export interface Difference {
  readonly name: string;
  readonly what: string;
}

interface Modes {
  readonly native: Canonical;
  readonly text: Canonical;
}

const shown = (value: Canonical): string => canonicalText(value).slice(0, 600);

/** The oracle's two modes are each compared with ours; what is meant to differ is compared with what the case says. */
export const compareExpression = (one: ExpressionCase, oracle: Canonical, ours: Canonical): Difference | undefined => {
  const wanted = oracle as unknown as Modes;
  const got = ours as unknown as Modes;
  const name = `${one.file.name}: ${one.template}`;
  const native = one.expected?.value ?? wanted.native;
  if (canonicalText(native) !== canonicalText(got.native))
    return { name, what: `wanted ${shown(native)}\n    got    ${shown(got.native)}` };
  if (one.expected && !one.textDiffers && canonicalText(one.expected.value) === canonicalText(wanted.native))
    return { name, what: 'has an "expected" and yet agrees with the oracle: take it out' };
  if (!one.textDiffers && canonicalText(wanted.text) !== canonicalText(got.text))
    return { name, what: `jinja2_native=false: wanted ${shown(wanted.text)}\n    got    ${shown(got.text)}` };
  return undefined;
};

const isRecord = (value: Canonical | undefined): value is { readonly [key: string]: Canonical } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The places below which two answers differ, the deepest that can be named. */
const differences = (wanted: Canonical | undefined, got: Canonical | undefined, path: string): string[] => {
  if (canonicalText(wanted ?? null) === canonicalText(got ?? null)) return [];
  if (isRecord(wanted) && isRecord(got))
    return [...new Set([...Object.keys(wanted), ...Object.keys(got)])].flatMap((key) =>
      differences(wanted[key], got[key], `${path}/${key}`),
    );
  if (Array.isArray(wanted) && Array.isArray(got) && wanted.length === got.length)
    return wanted.flatMap((item, index) => differences(item, got[index], `${path}/${index}`));
  return [`${path}: wanted ${shown(wanted ?? null)}\n    got    ${shown(got ?? null)}`];
};

/** Lays the `expected` of a case over the oracle's answer: a path of keys to what stands there instead. */
const withExpected = (answer: Canonical, { body }: CaseFile): Canonical => {
  const copy = structuredClone(answer) as Canonical;
  for (const [path, value] of Object.entries(record(body['expected']))) {
    const keys = path.split('/').filter((key) => key !== '');
    const last = keys.pop();
    let owner: Canonical = copy;
    for (const key of keys) owner = (owner as Record<string, Canonical>)[key] ?? null;
    if (last !== undefined && typeof owner === 'object' && owner !== null)
      (owner as Record<string, Canonical>)[last] = value as Canonical;
  }
  return copy;
};

export const compareCase = (one: CaseFile, oracle: Canonical, ours: Canonical): Difference | undefined => {
  const { expected, why } = one.body;
  if (expected !== undefined && why === undefined) return { name: one.name, what: 'has an "expected" without a "why"' };
  // An oracle that refused the whole file agrees with whoever refuses it for any reason.
  if (isRecord(oracle) && Array.isArray(oracle['tasks']) && oracle['tasks'].length === 0 && !one.body['nothing_runs'])
    return { name: one.name, what: 'the oracle ran nothing: mend the case, or say nothing_runs: true' };
  const found = differences(withExpected(oracle, one), ours, '');
  return found.length === 0 ? undefined : { name: one.name, what: found.join('\n    ') };
};

/** The counts of one kind, as one line. */
export const countLine = (kind: Kind, total: number, asked: number, bad: number): string =>
  `${kind}: ${total} compared, ${asked} asked anew, ${bad} different`;
