import { type Dict, didYouMean, type Position, type SourceFile, sourceError, type Value } from '@ratchet/core';
import { pythonLiteral, templatedValue } from '@ratchet/source';
import type { CensusBuilder } from './builder.js';
import { shellWords } from './ini-words.js';

type SectionKind = 'hosts' | 'vars' | 'children';

interface Line {
  readonly text: string;
  readonly position: Position;
}

interface Section {
  readonly group: string;
  readonly kind: SectionKind;
  readonly lines: Line[];
  readonly position: Position;
}

const invalid = (message: string, position: Position, hint?: string) =>
  sourceError('inventory-invalid', message, position, { hint });

const linesOf = (file: SourceFile): readonly Line[] => {
  const lines: Line[] = [];
  let offset = 0;
  for (const raw of file.text.split('\n')) {
    const text = raw.replace(/^\uFEFF/, '').trim();
    if (text !== '' && !/^[#;]/.test(text))
      lines.push({ text, position: { file, offset: offset + Math.max(0, raw.indexOf(text)) } });
    offset += raw.length + 1;
  }
  return lines;
};

const header = (line: Line): Section | undefined => {
  if (!/^\[[^\]]*\]\s*(?:#.*)?$/.test(line.text)) return undefined;
  const found = /^\[([^:\]\s]+)(?::(\w+))?\]/.exec(line.text);
  const [, group = '', kind = 'hosts'] = found ?? [];
  if (!found)
    throw invalid(
      `"${line.text}" is not a section header.`,
      line.position,
      'Write [group], [group:vars] or [group:children].',
    );
  if (kind !== 'hosts' && kind !== 'vars' && kind !== 'children')
    throw invalid(
      `The section [${group}:${kind}] has an unknown kind "${kind}".`,
      line.position,
      didYouMean(kind, ['vars', 'children', 'hosts']) ?? 'Write [group], [group:vars] or [group:children].',
    );
  return { group, kind, lines: [], position: line.position };
};

const sectionsOf = (file: SourceFile): readonly Section[] => {
  const sections: Section[] = [{ group: 'ungrouped', kind: 'hosts', lines: [], position: { file, offset: 0 } }];
  for (const line of linesOf(file)) {
    const section = header(line);
    if (section) sections.push(section);
    else (sections.at(-1) as Section).lines.push(line);
  }
  return sections;
};

const literal = (text: string, position: Position): Value => {
  const value = pythonLiteral(text);
  return templatedValue(value === undefined ? text : value, position);
};

const hostVariables = (line: Line): { readonly name: string; readonly vars: Dict } => {
  const [first, ...rest] = shellWords(line.text, line.position);
  const vars: Dict = new Map();
  for (const word of rest) {
    const equals = word.text.indexOf('=');
    const position = { file: line.position.file, offset: line.position.offset + word.offset };
    if (equals < 1) throw invalid(`"${word.text}" is not a variable of the form name=value.`, position);
    vars.set(word.text.slice(0, equals), literal(word.text.slice(equals + 1), position));
  }
  return { name: first?.text ?? '', vars };
};

const readVariable = (line: Line): readonly [string, Value] => {
  const equals = line.text.indexOf('=');
  if (equals < 1) throw invalid(`"${line.text}" is not a variable of the form name=value.`, line.position);
  return [line.text.slice(0, equals).trim(), literal(line.text.slice(equals + 1).trim(), line.position)];
};

const undefinedGroup = (name: string, known: Iterable<string>, position: Position) =>
  invalid(
    `The group "${name}" is used here and never defined.`,
    position,
    didYouMean(name, known) ?? `Add a section [${name}].`,
  );

/** Reads an INI inventory; sections may stand in any order. Throws `inventory-invalid` with its place. */
export const readIniSource = (builder: CensusBuilder, file: SourceFile): void => {
  const sections = sectionsOf(file);
  const defined = sections.filter((section) => section.kind !== 'vars').map((section) => section.group);
  for (const group of defined) if (group !== 'ungrouped') builder.addGroup(group);
  for (const section of sections) {
    if (!builder.hasGroup(section.group)) throw undefinedGroup(section.group, defined, section.position);
    for (const line of section.lines) readLine(builder, section, line, defined);
  }
};

const readLine = (builder: CensusBuilder, section: Section, line: Line, defined: readonly string[]): void => {
  if (section.kind === 'vars') {
    builder.setGroupVar(section.group, ...readVariable(line));
  } else if (section.kind === 'children') {
    const [word, more] = shellWords(line.text, line.position);
    if (!word || more) throw invalid('One group a line is expected here.', line.position);
    if (!builder.hasGroup(word.text)) throw undefinedGroup(word.text, defined, line.position);
    builder.addChild(section.group, word.text, line.position);
  } else {
    const { name, vars } = hostVariables(line);
    if (name.endsWith(':'))
      throw invalid(`"${name}" ends with a colon and names no port.`, line.position, 'Write name or name:port.');
    builder.addHosts(name, section.group, vars, line.position.file.path, line.position, { given: true });
  }
};
