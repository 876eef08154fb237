import { rollbackSuite } from './rollback-roles.js';

rollbackSuite('embedded');
