const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text with every control character but the line feed spelled out, so that no host's output can drive a terminal. */
export const visible = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(/\t/g, '    ').replace(CONTROL, escaped);

/** The same on one line: line feeds are spelled out too (names, labels). */
export const visibleLine = (text: string): string => visible(text).replace(/\n/g, '\\n');
