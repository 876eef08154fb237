import { describe, expect, test } from '@jest/globals';
import { type Position, type RatchetError, Template, type Value } from '@ratchet/core';
import { Templar } from './templar.js';

const at = (text: string): Position => ({ file: { path: 'play.yml', text }, offset: 0 });
const template = (text: string): Template => new Template(text, at(text));

/** Variables of a host (`said`) and of the operator (`own`). */
const templarOver = (said: Readonly<Record<string, Value>>, own: Readonly<Record<string, Value>> = {}): Templar => {
  const all = { ...said, ...own };
  return new Templar({ get: (name) => all[name], names: () => Object.keys(all), written: (name) => own[name] });
};

const holds = (templar: Templar, text: string): boolean =>
  templar.condition(text.includes('{') ? template(text) : text, at(text));

const refusal = (work: () => unknown): RatchetError => {
  try {
    work();
  } catch (thrown) {
    return thrown as RatchetError;
  }
  throw new Error('nothing was refused');
};

describe('a condition with templates in it', () => {
  const templar = templarOver({ n: 5, word: 'foo', one: '1', list: [1, 5], quoted: "it's", no: 'false' });

  test.each([
    ['{{ n }} == 5', true],
    ['{{ n }} == 6', false],
    ['not {{ n == 5 }}', false],
    ["'{{ word }}' == 'foo'", true],
    ["'{{ word }}' == 'bar'", false],
    ['"{{ word }}-{{ n }}" == \'foo-5\'', true],
    ["'a\\'{{ n }}' == \"a'5\"", true],
    ["word == 'foo' and {{ n }} in {{ list }}", true],
    ['{{ one }} == 1', true],
    ["'{{ quoted }}' == \"it's\"", true],
    ['{{ no }}', false],
    ['{{ no }} or {{ n > 4 }}', true],
    ['{% if n > 4 %}true{% else %}false{% endif %}', true],
    [' {{ n > 4 }}\n', true],
  ])('%s: %s', (text, right) => {
    expect(holds(templar, text)).toBe(right);
  });
});

describe('what a host said', () => {
  const evil = "lookup('pipe', 'touch /tmp/never')";
  const breaking = `' ~ ${evil} ~ '`;
  const templar = templarOver({ evil, breaking, lines: [evil] });

  test.each([
    ['{{ evil }}'],
    ['{{ evil }} == 1'],
    ['not {{ evil }}'],
    ['{% if true %}{{ evil }}{% endif %}'],
    [' {{ evil }}'],
  ])('is not read as code: %s', (text) => {
    const { code, message } = refusal(() => holds(templar, text));
    expect(code).toBe('template-error');
    expect(message).toContain(evil);
  });

  test('does not end the quotes that it stands in', () => {
    expect(holds(templar, "'{{ breaking }}' == 'x'")).toBe(false);
    expect(holds(templar, '"{{ breaking }}" == breaking')).toBe(true);
  });

  test('is not read as code where it comes as a list of conditions', () => {
    const [first] = templar.conditions(template('{{ lines }}'), at(''));
    expect(refusal(() => first?.holds()).message).toContain(evil);
  });

  test('is not read as code behind a variable of the operator', () => {
    const through = templarOver({ evil }, { through: template('{{ evil }}') });
    expect(refusal(() => holds(through, '{{ through }}')).message).toContain(evil);
  });
});

describe('conditions that the operator keeps in variables', () => {
  const templar = templarOver(
    { n: 5 },
    { cond: 'n == 6', more: ['n == 5', template('{{ n }} == 7')], list: template('{{ more }}') },
  );

  test('are read where their name stands alone', () => {
    expect(holds(templar, '{{ cond }}')).toBe(false);
  });

  test.each([['{{ more }}'], ['{{ list }}']])('are read one by one: %s', (text) => {
    expect(templar.conditions(template(text), at(text)).map((one) => one.holds())).toEqual([true, false]);
  });

  test('that name each other end with an error', () => {
    const loop = templarOver({}, { a: template('{{ b }}'), b: template('{{ a }}') });
    expect(refusal(() => holds(loop, '{{ a }}')).code).toBe('template-error');
    expect(refusal(() => loop.conditions(template('{{ a }}'), at(''))).code).toBe('variable-loop');
  });
});
