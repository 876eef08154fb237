const HEADER = '#< CLIXML';

const unescapeXml = (text: string): string =>
  text
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');

/**
 * PowerShell's standard error as text: CLIXML becomes the error texts in it, progress is dropped; a document that is cut off
 * stays as it came.
 */
export const cleanStderr = (text: string): string => {
  const start = text.indexOf(HEADER);
  if (start < 0) return text;
  const end = text.lastIndexOf('</Objs>');
  if (end < 0) return text;
  const xml = text.slice(start, end);
  const errors = [...xml.matchAll(/<S S="Error">([\s\S]*?)<\/S>/g)].map((match) =>
    unescapeXml(match[1] as string).replace(/\r\n/g, '\n'),
  );
  return text.slice(0, start) + errors.join('') + text.slice(end + '</Objs>'.length).replace(/^\r?\n/, '');
};

/** Text without terminal codes: titles, colours, cursor and screen commands. */
export const stripTerminalCodes = (text: string): string =>
  text.replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '').replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, '');
