import { relative, resolve } from 'node:path';

/**
 * A file's name from the working folder, where the folder of the runs lies: the same for each way to write its path. What is no file
 * (`<command line>`) stays as it is.
 */
export const projectPath = (path: string): string =>
  path.startsWith('<') ? path : relative(process.cwd(), resolve(path));
