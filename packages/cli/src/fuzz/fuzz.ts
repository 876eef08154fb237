import { type Alphabet, fuzzInputs } from './inputs.js';
import type { Verdict } from './probes.js';

/** What came of many inputs of one language. */
export interface FuzzResult {
  readonly inputs: number;
  readonly accepted: readonly { readonly text: string; readonly verdict: Extract<Verdict, { kind: 'accepted' }> }[];
  /** Of the edited good texts: how many there were, and how many still parse. */
  readonly edited: number;
  readonly editedParsed: number;
  readonly faults: readonly { readonly text: string; readonly why: string }[];
  readonly slowest: { readonly text: string; readonly milliseconds: number };
}

/** Tries so many inputs; a fault is a crash, an error that is not ours, or one without a place. */
export const fuzz = (alphabet: Alphabet, probe: (text: string) => Verdict, count: number, seed: number): FuzzResult => {
  const accepted: { readonly text: string; readonly verdict: Extract<Verdict, { kind: 'accepted' }> }[] = [];
  const faults: { readonly text: string; readonly why: string }[] = [];
  let slowest = { text: '', milliseconds: 0 };
  let edited = 0;
  let editedParsed = 0;
  const inputs = fuzzInputs(alphabet, count, seed);
  for (const input of inputs) {
    const began = performance.now();
    const verdict = probe(input.text);
    const milliseconds = performance.now() - began;
    if (milliseconds > slowest.milliseconds) slowest = { text: input.text, milliseconds };
    if (input.edited) edited++;
    if (verdict.kind === 'fault') faults.push({ text: input.text, why: verdict.why });
    if (input.edited && (verdict.kind === 'accepted' || (verdict.kind === 'refused' && verdict.parsed))) editedParsed++;
    if (verdict.kind === 'accepted') accepted.push({ text: input.text, verdict });
  }
  return { inputs: inputs.length, accepted, edited, editedParsed, faults, slowest };
};
