import { type Position, sourceError, type Template } from '@ratchet/core';
import type { Expression, Statement } from './ast.js';
import { type Delimiters, withDefaultDelimiters } from './delimiters.js';
import { readHeader } from './file-header.js';
import { type LexOptions, SyntaxFault } from './lexer.js';
import { checkNames } from './name-check.js';
import { placeInTemplate } from './place.js';
import { parseExpression, parseTemplate } from './template-parser.js';

const MAX_ENTRIES = 5000;
const MAX_LENGTH = 5_000_000;

const cached = <T>(cache: Map<string, T>, text: string, parse: () => T): T => {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = parse();
  if (cache.size >= MAX_ENTRIES) cache.clear();
  cache.set(text, parsed);
  return parsed;
};

const playbook = new Map<string, readonly Statement[]>();
const files = new Map<string, readonly Statement[]>();
const expressions = new Map<string, Expression>();

const located = <T>(text: string, position: Position, parse: () => T): T => {
  if (text.length > MAX_LENGTH) throw sourceError('template-syntax', 'The template is too long.', position);
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof SyntaxFault)) throw thrown;
    const code = thrown.message.includes('not supported') ? 'not-supported' : 'template-syntax';
    throw sourceError(code, thrown.message, placeInTemplate({ text, position }, thrown.at));
  }
};

/** How a template file is read beside Ansible's defaults. */
export interface FileOptions extends Omit<LexOptions, 'keepBackslashes'>, Partial<Delimiters> {}

/** The statements of a template file that is read in its own way; not kept. */
export const fileStatements = (text: string, position: Position, options: FileOptions): readonly Statement[] =>
  located(text, position, () =>
    parseTemplate(withDefaultDelimiters(text, options), { ...options, keepBackslashes: false }),
  );

// Jinja drops the last line break of a template: `{{ list }}` in a block of YAML (`|`) is one expression.
const parsed = (text: string, file: boolean): readonly Statement[] =>
  file
    ? parseTemplate(text, { keepBackslashes: false })
    : parseTemplate(text.replace(/\n$/, ''), { keepBackslashes: true });

/** The statements of a text; `file` says that backslashes in `{{ }}` are escapes, as in a template file. */
export const statementsOf = (text: string, position: Position, file: boolean): readonly Statement[] =>
  located(text, position, () => cached(file ? files : playbook, text, () => parsed(text, file)));

/** The text of a template. */
export interface TemplateSource {
  readonly text: string;
  readonly position: Position;
  /** How a file is read where not by Ansible's defaults, and with it all that it includes, imports and extends. */
  readonly options?: FileOptions | undefined;
}

/** The statements of a template file. */
export const statementsOfFile = ({ text, position, options = {} }: TemplateSource): readonly Statement[] =>
  Object.values(options).some((value) => value !== undefined)
    ? fileStatements(text, position, options)
    : statementsOf(text, position, true);

/** The expression of a bare text. */
export const expressionOf = (text: string, position: Position): Expression =>
  located(text, position, () => cached(expressions, text, () => parseExpression(text)));

/** Throws with its place when a template does not parse, or names a filter, test or lookup that there is not. */
export const checkTemplate = (template: Template): void => {
  checkNames(statementsOf(template.text, template.position, false), template);
};

/** The same for a template file. */
export const checkTemplateFile = (written: string, place: Position, given: FileOptions): void => {
  const { text, position, options } = readHeader({ text: written, position: place, options: given });
  checkNames(fileStatements(text, position, options), { text, position });
};

/** The same for a bare expression. */
export const checkExpression = (text: string, position: Position): void => {
  checkNames(expressionOf(text, position), { text, position });
};
