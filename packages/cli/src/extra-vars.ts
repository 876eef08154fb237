import { type Dict, RatchetError, type SourceFile, type Value } from '@ratchet/core';
import { pairValue, splitWords } from '@ratchet/playbook';
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

/** `k=v` pairs: values are always text, as in Ansible (so `-e x=false` is the text "false"); escapes are read. */
const fromPairs = (text: string): Dict => {
  const file = { path: COMMAND_LINE, text };
  const pairs = splitWords(text).map(({ word, offset, open }): [Value, Value] => {
    const equals = word.indexOf('=');
    if (equals < 1) throw invalid(`-e ${text} has no "=" in "${word}".`);
    if (open) throw invalid(`-e ${text} has a quote without an end in "${word}".`);
    const position = { file, offset: offset + equals + 1 };
    return [word.slice(0, equals), textValue(pairValue(word.slice(equals + 1), position), position)];
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
