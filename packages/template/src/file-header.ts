import { didYouMean, type Position, sourceError } from '@ratchet/core';
import { pythonLiteral } from '@ratchet/source';
import type { FileOptions } from './parse-cache.js';

const HEADER = '#jinja2:';

/** What Ansible calls the marks of a template, and what they are here. */
export const TEMPLATE_MARKS: Readonly<Record<string, keyof FileOptions>> = {
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  block_start_string: 'blockStart',
  block_end_string: 'blockEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
};
const FLAGS: Readonly<Record<string, keyof FileOptions>> = {
  trim_blocks: 'trimBlocks',
  lstrip_blocks: 'lstripBlocks',
};

/** The text of a template file with how it is read. */
export interface TemplateFile {
  readonly text: string;
  readonly position: Position;
  readonly options: FileOptions;
}

const optionIn = (pair: string, position: Position): readonly [keyof FileOptions, string | boolean] => {
  const [, name = '', written = ''] = /^\s*([^:]*?)\s*:(.*)$/s.exec(pair) ?? [];
  const value = pythonLiteral(written.trim());
  if (Object.hasOwn(TEMPLATE_MARKS, name) && typeof value === 'string')
    return [TEMPLATE_MARKS[name] as keyof FileOptions, value];
  if (Object.hasOwn(FLAGS, name) && typeof value === 'boolean') return [FLAGS[name] as keyof FileOptions, value];
  const known = [...Object.keys(TEMPLATE_MARKS), ...Object.keys(FLAGS)];
  if (known.includes(name) || name === '')
    throw sourceError('template-syntax', `"${pair.trim()}" in the line ${HEADER} is no "option: value".`, position, {
      hint: 'Write texts in quotes, and True or False: #jinja2: trim_blocks: False',
    });
  throw sourceError('not-supported', `The option "${name}" in the line ${HEADER} is not supported.`, position, {
    hint: didYouMean(name, known) ?? `Supported are ${known.join(', ')}.`,
  });
};

/**
 * A template file whose first line may be `#jinja2: option: value, …`: that line goes, and what it says stands above the other options.
 * Errors: `template-syntax`, `not-supported`.
 */
export const readHeader = ({ text, position, options }: TemplateFile): TemplateFile => {
  if (!text.startsWith(HEADER)) return { text, position, options };
  const end = text.indexOf('\n');
  const line = text.slice(HEADER.length, end === -1 ? undefined : end);
  const own = line.split(',').map((pair) => optionIn(pair, position));
  const start = end === -1 ? text.length : end + 1;
  return {
    text: text.slice(start),
    position: { file: position.file, offset: position.offset + start },
    options: { ...options, ...Object.fromEntries(own) },
  };
};
