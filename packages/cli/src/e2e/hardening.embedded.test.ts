import { hardeningSuite } from './hardening.js';

hardeningSuite('embedded');
