/** A text a person wrote, with the name to show for it. */
export interface SourceFile {
  /** Path as the user gave or would write it; `<command line>` and the like for texts without a file. */
  readonly path: string;
  readonly text: string;
}

/** A place in a source file. */
export interface Position {
  readonly file: SourceFile;
  /** Offset in UTF-16 units from the start of the text. */
  readonly offset: number;
}

/** 1-based line and column of a position. */
export const lineAndColumn = (position: Position): { readonly line: number; readonly column: number } => {
  const before = position.file.text.slice(0, position.offset);
  const lastBreak = before.lastIndexOf('\n');
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line++;
  return { line, column: position.offset - lastBreak };
};

/** `file:line:column`, for one line of text. */
export const placeName = (position: Position): string => {
  const { line, column } = lineAndColumn(position);
  return `${position.file.path}:${line}:${column}`;
};

/** The place, the line itself and a caret below the column (tabs kept, so that the caret stands right). */
export const showPosition = (position: Position): string => {
  const { line, column } = lineAndColumn(position);
  const text = position.file.text.split(/\r?\n/)[line - 1] ?? '';
  const lead = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return `  at ${position.file.path}:${line}:${column}\n    ${text.replace(/\r$/, '')}\n    ${lead}^`;
};
