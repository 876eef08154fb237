// Writes docs/modules.md from the schemas of the built modules.
import { writeFile } from 'node:fs/promises';
import { catalogue, moduleReference } from '../packages/modules/dist/index.js';

await writeFile(new URL('../docs/modules.md', import.meta.url), moduleReference(catalogue));
