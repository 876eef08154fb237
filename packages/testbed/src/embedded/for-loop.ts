import type { Command } from './command-line.js';
import type { Entry } from './file-system.js';

/** The body of `for %I in ("path") do …`, with `%~aI` (attributes), `%~zI` (size) and `%I` as cmd.exe fills them in. */
export const filledIn = (
  body: Command,
  { letter, path }: { readonly letter: string; readonly path: string },
  entry: Entry | undefined,
): Command => {
  const attributes = entry === undefined ? '' : entry.kind === 'folder' ? 'd----------' : '--a--------';
  const size = entry?.kind === 'file' ? String(entry.bytes.length) : '';
  const fill = (text: string): string =>
    text
      .replaceAll(new RegExp(`%~a${letter}`, 'gi'), attributes)
      .replaceAll(new RegExp(`%~z${letter}`, 'gi'), size)
      .replaceAll(new RegExp(`%${letter}`, 'gi'), `"${path}"`);
  const within = (command: Command): Command => {
    switch (command.kind) {
      case 'simple':
        return { ...command, text: fill(command.text) };
      case 'chain':
        return { ...command, left: within(command.left), right: within(command.right) };
      case 'if':
        return { ...command, inner: within(command.inner), otherwise: command.otherwise && within(command.otherwise) };
      case 'for':
        return { ...command, body: within(command.body) };
    }
  };
  return within(body);
};
