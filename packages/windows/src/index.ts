export { backupFile } from './backup.js';
export { cleanStderr, stripTerminalCodes } from './clean-output.js';
export { decodeOutput } from './code-page.js';
export { canonicalPath, samePath } from './path.js';
export { decodeReg, encodeReg, regBytes } from './reg-file.js';
export { parseRegQuery } from './reg-query-output.js';
export { windowsHost } from './windows-host.js';
