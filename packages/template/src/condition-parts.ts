import { RatchetError, sourceError, type Template } from '@ratchet/core';
import type { Statement } from './ast.js';
import { checkExpression, checkTemplate, statementsOf } from './parse-cache.js';

type Output = Extract<Statement, { kind: 'output' }>;

/** A condition with templates in it, as one expression over what they come to. */
interface OverValues {
  readonly expression: string;
  readonly values: readonly { readonly name: string; readonly output: Output; readonly quoted: boolean }[];
}

/**
 * `{{ a }} == 2` as `value_0 == 2`, and `'{{ b }}.local' == c` as `('' ~ value_0 ~ '.local') == c`: what a template comes to is a value
 * there and never read as code. Undefined for a template alone, and where other statements stand in it.
 */
export const overValues = (statements: readonly Statement[]): OverValues | undefined => {
  if (statements.length < 2) return undefined;
  const values: { name: string; output: Output; quoted: boolean }[] = [];
  let expression = '';
  // What has been read of a text in quotes, from its first quote on.
  let open: { readonly quote: string; text: string; joined: boolean } | undefined;
  const read = (text: string): void => {
    for (let at = 0; at < text.length; at++) {
      const sign = text.charAt(at);
      if (open === undefined) {
        if (sign === "'" || sign === '"') open = { quote: sign, text: sign, joined: false };
        else expression += sign;
        continue;
      }
      open.text += sign;
      if (sign === '\\') open.text += text.charAt(++at);
      else if (sign === open.quote) {
        expression += open.joined ? `(${open.text})` : open.text;
        open = undefined;
      }
    }
  };
  for (const statement of statements) {
    if (statement.kind === 'text') read(statement.text);
    else if (statement.kind === 'output') {
      const name = `ratchet_value_${values.length}`;
      values.push({ name, output: statement, quoted: open !== undefined });
      if (open === undefined) expression += ` ${name} `;
      else {
        open.text += `${open.quote} ~ ${name} ~ ${open.quote}`;
        open.joined = true;
      }
    } else return undefined;
  }
  return { expression: expression + (open?.text ?? ''), values };
};

/** Throws with its place when a condition that is a template does not parse, neither its templates nor what stands around them. */
export const checkTemplateCondition = (condition: Template): void => {
  checkTemplate(condition);
  const parts = overValues(statementsOf(condition.text, condition.position, false));
  if (parts === undefined) return;
  try {
    checkExpression(parts.expression, condition.position);
  } catch (thrown) {
    if (!(thrown instanceof RatchetError)) throw thrown;
    // The columns are those of the expression over values, which nobody wrote.
    throw sourceError(thrown.code, thrown.message, condition.position, {
      hint: 'Write the condition without braces.',
      cause: thrown,
    });
  }
};
