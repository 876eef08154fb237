import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { str } from './python-text.js';
import { ofValue, type Test } from './test.js';

const followed = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
const itself = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

// A mount point lies on another device than the folder that holds it, or is its own parent.
const isMount = (path: string): boolean => {
  const own = itself(path);
  const above = itself(dirname(resolve(path)));
  if (!own || !above || own.isSymbolicLink()) return false;
  return own.dev !== above.dev || own.ino === above.ino;
};

const isSame = (left: string, right: string): boolean => {
  const [a, b] = [followed(left), followed(right)];
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
};

const ofPath =
  (...names: readonly string[]) =>
  (test: (path: string) => boolean): (readonly [string, Test])[] =>
    names.map((name) => [name, ofValue((path) => test(str(path)))] as const);

/** Tests of paths on the controller. */
export const fileTests: readonly (readonly [string, Test])[] = [
  ...ofPath('file', 'is_file')((path) => followed(path)?.isFile() ?? false),
  ...ofPath('directory', 'is_dir')((path) => followed(path)?.isDirectory() ?? false),
  ...ofPath('link', 'is_link')((path) => itself(path)?.isSymbolicLink() ?? false),
  ...ofPath('exists')((path) => followed(path) !== undefined),
  ...ofPath('link_exists')((path) => itself(path) !== undefined),
  ...ofPath('mount', 'is_mount')(isMount),
  ...ofPath('abs', 'is_abs')((path) => path.startsWith('/')),
  ...['same_file', 'is_same_file'].map((name): [string, Test] => [
    name,
    ofValue((path, args) => isSame(str(path), str(args.need(0, 'path')))),
  ]),
];
