import type { CommandShell } from './command-shell.js';
import { windowsPath } from './file-system.js';

const LINE = /^(?:if exist "([^"]*)" )?for %([a-z]) in \("([^"]*)"\) do @?(.*)$/i;

/**
 * `for %I in ("path") do …` over one path, with `%~aI` (attributes) and `%~zI` (size) as cmd.exe fills them in; `if exist` may
 * stand before it. Undefined for any other line; null when its condition does not hold.
 */
export const forLine = (text: string, shell: CommandShell): string | null | undefined => {
  const match = LINE.exec(text.trim());
  if (!match) return undefined;
  const [, condition, letter = '', path = '', body = ''] = match;
  const { files } = shell.machine;
  if (condition !== undefined && !files.entry(windowsPath(condition, shell.folder))) return null;
  const entry = files.entry(windowsPath(path, shell.folder));
  const attributes = entry === undefined ? '' : entry.kind === 'folder' ? 'd----------' : '--a--------';
  const size = entry?.kind === 'file' ? String(entry.bytes.length) : '';
  return body
    .replaceAll(new RegExp(`%~a${letter}`, 'gi'), attributes)
    .replaceAll(new RegExp(`%~z${letter}`, 'gi'), size)
    .replaceAll(new RegExp(`%${letter}`, 'gi'), `"${path}"`);
};
