import type { RatchetError, SourceFile } from '@ratchet/core';
import type { YAMLError } from 'yaml';
import { yamlError } from './node.js';

/** The error of several that says most. */
export const chosenError = (errors: readonly YAMLError[]): YAMLError | undefined =>
  errors.find((error) => error.code === 'TAB_AS_INDENT') ?? errors[0];

/** What the parser found wrong, as our error. */
export const syntaxError = (error: YAMLError, file: SourceFile, shown: SourceFile): RatchetError => {
  const offset = Math.min(error.pos[0], file.text.length);
  const lineStart = file.text.lastIndexOf('\n', offset - 1) + 1;
  const tab = /^[ ]*\t/.exec(file.text.slice(lineStart));
  if (tab || error.code === 'TAB_AS_INDENT') {
    const at = tab ? lineStart + tab[0].length - 1 : offset;
    return yamlError('A tab is used as indentation; YAML wants spaces.', shown, at, 'Replace the tab by spaces.');
  }
  return yamlError(
    `The YAML does not parse: ${error.message.replace(/\s+/g, ' ')}`,
    shown,
    offset,
    hintFor(file, offset),
  );
};

const hintFor = (file: SourceFile, offset: number): string => {
  const start = file.text.lastIndexOf('\n', offset - 1) + 1;
  const end = file.text.indexOf('\n', offset);
  const line = file.text.slice(start, end === -1 ? undefined : end);
  return /[:-]\s+\{\{/.test(line)
    ? 'A value that starts with {{ must be quoted: "{{ name }}".'
    : 'Look at the indentation, quotes and brackets of this line and of the one above it.';
};
