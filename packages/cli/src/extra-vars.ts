import { type Dict, RatchetError, type SourceFile, type Value } from '@ratchet/core';
import { loadYaml, nodeToValue, readSource, textValue } from '@ratchet/source';

const COMMAND_LINE = '<command line>';

const invalid = (message: string): RatchetError =>
  new RatchetError('option-invalid', message, {
    hint: `Write -e name=value, -e '{"name": value}' or -e @file.yml.`,
  });

const fromYaml = (file: SourceFile, decrypt: Decrypt | undefined): Dict => {
  const node = loadYaml(file, decrypt ? { decrypt } : {});
  if (node === null) return new Map();
  const value = nodeToValue(node);
  if (value instanceof Map) return value;
  throw invalid(`The variables of -e ${file.path === COMMAND_LINE ? file.text : `@${file.path}`} are not a mapping.`);
};

/** Words of `a=1 b="two words" c={{ x y }}`: blanks inside quotes and braces do not part them. Offsets into the text. */
const splitWords = (text: string): readonly { readonly word: string; readonly offset: number }[] => {
  const pattern = /(?:\{\{.*?\}\}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\S)+/gs;
  return [...text.matchAll(pattern)].map((match) => ({ word: match[0], offset: match.index }));
};

const unquoted = (text: string): string => {
  const quote = text[0];
  if (text.length < 2 || (quote !== '"' && quote !== "'") || !text.endsWith(quote)) return text;
  return text.slice(1, -1).replaceAll(`\\${quote}`, quote);
};

/** `k=v` pairs: values are always text, as in Ansible (so `-e x=false` is the text "false"). */
const fromPairs = (text: string): Dict => {
  const file = { path: COMMAND_LINE, text };
  const pairs = splitWords(text).map(({ word, offset }): [Value, Value] => {
    const equals = word.indexOf('=');
    if (equals < 1) throw invalid(`-e ${text} has no "=" in "${word}".`);
    const value = unquoted(word.slice(equals + 1));
    return [word.slice(0, equals), textValue(value, { file, offset: offset + equals + 1 })];
  });
  return new Map(pairs);
};

/** Opens a `!vault` text at a place. */
export type Decrypt = NonNullable<NonNullable<Parameters<typeof loadYaml>[1]>['decrypt']>;

/**
 * One `-e`: `k=v` pairs (text values), JSON or YAML of a mapping, or `@file`. Throws `option-invalid`, the file's own
 * errors, or YAML errors with their place.
 */
export const parseExtraVars = async (text: string, decrypt?: Decrypt): Promise<Dict> => {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) return fromYaml(await readSource(trimmed.slice(1)), decrypt);
  if (/^[{[]/.test(trimmed)) return fromYaml({ path: COMMAND_LINE, text }, decrypt);
  return fromPairs(text);
};

/** All `-e` merged; a later one wins. */
export const collectExtraVars = async (texts: readonly string[], decrypt?: Decrypt): Promise<Dict> => {
  const merged: Dict = new Map();
  for (const text of texts) for (const [name, value] of await parseExtraVars(text, decrypt)) merged.set(name, value);
  return merged;
};
