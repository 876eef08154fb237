export { readVersion } from './version.js';
