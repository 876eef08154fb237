import { guardSuite } from './guards.js';

guardSuite('embedded');
