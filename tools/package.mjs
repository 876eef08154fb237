// Makes dist/ratchet-VERSION.tgz: the bundle as an npm package that needs no other, for `npm install --global FILE` on a controller without
// this repository. The package of packages/cli cannot be that: it names the workspaces, which are in no registry.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv[2] ?? join(root, 'dist');
const { version, license, engines, bin } = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8'));
const { description } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

const stage = await mkdtemp(join(tmpdir(), 'ratchet-package-'));
try {
  await cp(join(root, 'packages/cli/bundle'), join(stage, 'bundle'), { recursive: true });
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md']) await cp(join(root, name), join(stage, name));
  const about = { name: 'ratchet', version, description, license, engines, bin, files: ['bundle', 'CHANGELOG.md'] };
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  await promisify(execFile)('npm', ['pack', '--ignore-scripts', '--pack-destination', stage], { cwd: stage });
  await mkdir(out, { recursive: true });
  const file = join(out, `ratchet-${version}.tgz`);
  await cp(join(stage, `ratchet-${version}.tgz`), file);
  process.stdout.write(`${file}\n`);
} finally {
  await rm(stage, { recursive: true, force: true });
}
