import type { Position, Template } from '@ratchet/core';

const bodyStart = (source: string, start: number): number => {
  const first = source[start];
  if (first === '"' || first === "'") return start + 1;
  if (first !== '|' && first !== '>') return start;
  const line = source.indexOf('\n', start);
  return line === -1 ? start : line + 1;
};

/**
 * The place in the file of an offset in a template's text: YAML's quotes, folds and indentation are walked over, so it is
 * exact except inside escapes.
 */
export const placeInTemplate = (template: Pick<Template, 'text' | 'position'>, offset: number): Position => {
  const { file, offset: start } = template.position;
  const source = file.text;
  if (source.startsWith(template.text, start)) return { file, offset: start + offset };
  let at = bodyStart(source, start);
  for (let index = 0; index <= offset && index < template.text.length; index++) {
    const unit = template.text[index] as string;
    if (/\s/.test(unit)) {
      while (/\s/.test(source[at] ?? '') && at < source.length && index < offset) at++;
      continue;
    }
    while (at < source.length && /\s/.test(source[at] as string)) at++;
    if (source[at] !== unit && (source[at] === '\\' || source[at] === "'")) at++;
    if (source[at] !== unit) return { file, offset: start };
    if (index < offset) at++;
  }
  return { file, offset: Math.min(at, source.length) };
};
