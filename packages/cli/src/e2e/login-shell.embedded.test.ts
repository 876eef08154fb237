import { loginShellSuite } from './login-shell.js';

loginShellSuite('embedded');
