import type { FilterCall, Parameter, Statement, Target } from './ast.js';
import { ExpressionParser } from './expression-parser.js';
import { expressionTokens, type LexOptions, type Segment, SyntaxFault, segmentsOf } from './lexer.js';

const MAX_DEPTH = 60;
const REFUSED = new Map([
  ['autoescape', 'autoescape is not supported.'],
  ['trans', 'trans is not supported.'],
]);

/** The statements of a template. Throws SyntaxFault. */
export const parseTemplate = (text: string, options: LexOptions): readonly Statement[] =>
  new TemplateParser(segmentsOf(text, options)).whole();

/** One bare expression. Throws SyntaxFault. */
export const parseExpression = (text: string) => {
  const parser = new ExpressionParser(expressionTokens(text));
  const expression = parser.tuple();
  parser.expectEnd();
  return expression;
};

class TemplateParser {
  readonly #segments: readonly Segment[];
  #next = 0;
  #depth = 0;
  #loops = 0;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  whole(): readonly Statement[] {
    const { body, end } = this.#until([]);
    if (end) throw new SyntaxFault(`"${end.word}" closes nothing here.`, end.at);
    return body;
  }

  #until(ends: readonly string[]) {
    if (++this.#depth > MAX_DEPTH)
      throw new SyntaxFault('Blocks are nested too deeply.', this.#segments[this.#next]?.at ?? 0);
    const body: Statement[] = [];
    for (;;) {
      const segment = this.#segments[this.#next++];
      if (!segment) {
        this.#depth--;
        return { body, end: undefined };
      }
      if (segment.kind === 'text') body.push(segment);
      else if (segment.kind === 'output') body.push(outputOf(segment));
      else {
        const parser = new ExpressionParser(segment.tokens);
        const word = parser.expectName('A statement');
        if (ends.includes(word) || /^(?:end|el)/.test(word)) {
          this.#depth--;
          return { body, end: { word, parser, at: segment.at } };
        }
        body.push(this.#statement(word, parser, segment.at));
      }
    }
  }

  #body(at: number, word: string, ends: readonly string[]) {
    const { body, end } = this.#until(ends);
    if (!end) throw new SyntaxFault(`"{% ${word} %}" is never closed by "{% ${ends.at(-1)} %}".`, at);
    if (!ends.includes(end.word))
      throw new SyntaxFault(`"${ends.at(-1)}" was expected, and "${end.word}" was found.`, end.at);
    return { body, end };
  }

  #closed(at: number, word: string): readonly Statement[] {
    const { body, end } = this.#body(at, word, [`end${word}`]);
    if (word === 'block' || word === 'macro') end.parser.takeName(end.parser.token.text);
    end.parser.expectEnd();
    return body;
  }

  #statement(word: string, parser: ExpressionParser, at: number): Statement {
    if (word === 'if') return this.#if(parser, at);
    if (word === 'for') return this.#for(parser, at);
    if (word === 'set') return this.#set(parser, at);
    if (word === 'with') return this.#with(parser, at);
    if (word === 'macro') return this.#macro(parser, at);
    if (word === 'call') return this.#call(parser, at);
    if (word === 'include') return includeOf(parser, at);
    if (word === 'import') return importOf(parser, at);
    if (word === 'from') return fromOf(parser, at);
    if (word === 'extends') {
      const name = parser.expression();
      parser.expectEnd();
      return { kind: 'extends', name, at };
    }
    if (word === 'filter') {
      const filters = filterChain(parser, true);
      parser.expectEnd();
      return { kind: 'filter', filters, body: this.#closed(at, 'filter'), at };
    }
    if (word === 'block') {
      const name = parser.expectName();
      parser.takeName('scoped');
      const required = parser.takeName('required');
      parser.takeName('scoped');
      parser.expectEnd();
      return { kind: 'block', name, required, body: this.#closed(at, 'block'), at };
    }
    if (word === 'break' || word === 'continue') {
      parser.expectEnd();
      if (this.#loops === 0) throw new SyntaxFault(`"${word}" stands outside a loop.`, at);
      return { kind: word, at };
    }
    if (word === 'do') {
      const value = parser.tuple();
      parser.expectEnd();
      return { kind: 'do', value, at };
    }
    throw new SyntaxFault(REFUSED.get(word) ?? `"${word}" is no statement that is known.`, at);
  }

  #if(first: ExpressionParser, at: number): Statement {
    const branches: { readonly test: ReturnType<ExpressionParser['tuple']>; readonly body: readonly Statement[] }[] =
      [];
    let parser = first;
    for (;;) {
      const test = parser.tuple();
      parser.expectEnd();
      const { body, end } = this.#body(at, 'if', ['elif', 'else', 'endif']);
      branches.push({ test, body });
      if (end.word === 'elif') {
        parser = end.parser;
        continue;
      }
      end.parser.expectEnd();
      const otherwise = end.word === 'else' ? this.#closed(at, 'if') : [];
      return { kind: 'if', branches, otherwise, at };
    }
  }

  #for(parser: ExpressionParser, at: number): Statement {
    const target = targetsOf(parser);
    if (!parser.takeName('in')) throw parser.fault('"in" was expected');
    const source = parser.withoutCondition();
    const condition = parser.takeName('if') ? parser.expression() : undefined;
    const recursive = parser.takeName('recursive');
    parser.expectEnd();
    this.#loops++;
    const { body, end } = this.#body(at, 'for', ['else', 'endfor']);
    this.#loops--;
    end.parser.expectEnd();
    const otherwise = end.word === 'else' ? this.#closed(at, 'for') : [];
    return { kind: 'for', target, source, condition, recursive, body, otherwise, at };
  }

  #set(parser: ExpressionParser, at: number): Statement {
    const target = targetsOf(parser);
    if (parser.takeOperator('=')) {
      const value = parser.tuple();
      parser.expectEnd();
      return { kind: 'set', target, value, at };
    }
    const filters = filterChain(parser, false);
    parser.expectEnd();
    return { kind: 'set-block', target, filters, body: this.#closed(at, 'set'), at };
  }

  #with(parser: ExpressionParser, at: number): Statement {
    const assignments: { readonly target: Target; readonly value: ReturnType<ExpressionParser['tuple']> }[] = [];
    while (parser.token.kind !== 'end') {
      if (assignments.length > 0) parser.expectOperator(',');
      const target = oneTarget(parser);
      parser.expectOperator('=');
      assignments.push({ target, value: parser.expression() });
    }
    return { kind: 'with', assignments, body: this.#closed(at, 'with'), at };
  }

  #macro(parser: ExpressionParser, at: number): Statement {
    const name = parser.expectName();
    const parameters = parametersOf(parser);
    parser.expectEnd();
    return { kind: 'macro', name, parameters, body: this.#closed(at, 'macro'), at };
  }

  #call(parser: ExpressionParser, at: number): Statement {
    const parameters = parser.isOperator('(') ? parametersOf(parser) : [];
    const call = parser.expression();
    parser.expectEnd();
    if (call.kind !== 'call') throw new SyntaxFault('A call was expected after "call".', at);
    return { kind: 'call', parameters, call, body: this.#closed(at, 'call'), at };
  }
}

const outputOf = (segment: Exclude<Segment, { kind: 'text' }>): Statement => {
  const parser = new ExpressionParser(segment.tokens);
  const value = parser.tuple();
  parser.expectEnd();
  return { kind: 'output', value, at: segment.at };
};

const includeOf = (parser: ExpressionParser, at: number): Statement => {
  const name = parser.expression();
  let ignoreMissing = false;
  if (parser.takeName('ignore')) {
    if (!parser.takeName('missing')) throw parser.fault('"missing" was expected');
    ignoreMissing = true;
  }
  const context = contextOf(parser, true);
  parser.expectEnd();
  return { kind: 'include', name, ignoreMissing, context, at };
};

// `with context`, `without context`, or what it is without a word.
const contextOf = (parser: ExpressionParser, otherwise: boolean): boolean => {
  const given = parser.takeName('with') ? true : parser.takeName('without') ? false : undefined;
  if (given === undefined) return otherwise;
  if (!parser.takeName('context')) throw parser.fault('"context" was expected');
  return given;
};

const importOf = (parser: ExpressionParser, at: number): Statement => {
  const name = parser.expression();
  if (!parser.takeName('as')) throw parser.fault('"as" was expected');
  const as = parser.expectName();
  const context = contextOf(parser, false);
  parser.expectEnd();
  return { kind: 'import', name, as, context, at };
};

const fromOf = (parser: ExpressionParser, at: number): Statement => {
  const name = parser.expression();
  if (!parser.takeName('import')) throw parser.fault('"import" was expected');
  const imports: { readonly member: string; readonly as: string }[] = [];
  do {
    if (parser.token.kind === 'end' || parser.isName('with') || parser.isName('without')) break;
    const member = parser.expectName();
    if (member.startsWith('_')) throw parser.fault('names that begin with "_" cannot be imported');
    imports.push({ member, as: parser.takeName('as') ? parser.expectName() : member });
  } while (parser.takeOperator(','));
  if (imports.length === 0) throw parser.fault('a name to import was expected');
  const context = contextOf(parser, false);
  parser.expectEnd();
  return { kind: 'from', name, imports, context, at };
};

const filterChain = (parser: ExpressionParser, first: boolean): readonly FilterCall[] => {
  const filters: FilterCall[] = first ? [parser.filterCall()] : [];
  while (parser.takeOperator('|')) filters.push(parser.filterCall());
  return filters;
};

const oneTarget = (parser: ExpressionParser): Target => {
  const { at } = parser.token;
  if (parser.takeOperator('(')) {
    const inner = targetsOf(parser);
    parser.expectOperator(')');
    return inner;
  }
  const name = parser.expectName();
  return parser.takeOperator('.')
    ? { kind: 'member', name, member: parser.expectName(), at }
    : { kind: 'name', name, at };
};

const targetsOf = (parser: ExpressionParser): Target => {
  const { at } = parser.token;
  const first = oneTarget(parser);
  if (!parser.isOperator(',')) return first;
  const targets = [first];
  while (parser.takeOperator(','))
    if (parser.token.kind === 'name' && !parser.isName('in')) targets.push(oneTarget(parser));
  return { kind: 'several', targets, at };
};

const parametersOf = (parser: ExpressionParser): readonly Parameter[] => {
  parser.expectOperator('(');
  const parameters: Parameter[] = [];
  while (!parser.takeOperator(')')) {
    const name = parser.expectName();
    parameters.push({ name, otherwise: parser.takeOperator('=') ? parser.expression() : undefined });
    if (!parser.takeOperator(',')) {
      parser.expectOperator(')');
      break;
    }
  }
  return parameters;
};
