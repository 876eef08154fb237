export { backupFile, backupText } from './backup.js';
export { canonicalPath, samePath } from './path.js';
export { decodeReg, encodeReg, regBytes } from './reg-file.js';
