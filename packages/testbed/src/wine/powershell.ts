import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { RatchetError } from '@ratchet/core';
import { execa } from 'execa';
import { assetPath, buildHash, builtOnce, compile } from './cache.js';

/** The last PowerShell on NuGet that runs on .NET 10. */
const VERSION = '7.6.9';
const SDK_MAJOR = 10;
const LAYOUT = '1';
const SESSION_FILES = ['session.pssc', 'find-commands.ps1'];

const dotnet = (args: readonly string[], cwd?: string) =>
  execa('dotnet', args, {
    env: { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_GENERATE_ASPNET_CERTIFICATE: 'false' },
    stdin: 'ignore',
    ...(cwd === undefined ? {} : { cwd }),
  });

const sdkVersion = async (): Promise<string> => {
  const result = await execa('dotnet', ['--version'], { reject: false, stdin: 'ignore', cwd: tmpdir() });
  return result.failed ? '' : result.stdout.trim();
};

/** Why wine hosts cannot have PowerShell on this machine, or null when they can. */
export const powershellLack = async (): Promise<string | null> => {
  const version = await sdkVersion();
  if (Number.parseInt(version, 10) >= SDK_MAJOR) return null;
  return version === ''
    ? `dotnet, the .NET ${SDK_MAJOR} SDK, is not installed`
    : `the .NET SDK here is ${version}, and ${SDK_MAJOR} is needed`;
};

/** Lays a folder into another; `over` says whose file stays where both have it. */
const lay = (from: string, to: string, over: boolean): Promise<void> => cp(from, to, { recursive: true, force: over });

const librariesOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.dll')).map((name) => join(folder, name));

const copyLibraries = async (folder: string, to: string): Promise<void> => {
  for (const file of await librariesOf(folder)) await cp(file, join(to, basename(file)));
};

const subfolders = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).sort().map((name) => join(folder, name));

const only = async (folder: string): Promise<string> => {
  const [first] = await subfolders(folder);
  if (first === undefined) throw new RatchetError('command-failed', `${folder} of a NuGet package is empty.`);
  return first;
};

/** The Windows half of NuGet's PowerShell package. */
const fetchShell = async (work: string): Promise<string> => {
  const tool = join(work, 'tool');
  await dotnet(['tool', 'install', '--tool-path', tool, 'PowerShell', '--version', VERSION], work);
  const tools = join(tool, '.store', 'powershell', VERSION, 'powershell', VERSION, 'tools');
  return join(await only(tools), 'any', 'win');
};

/** The .NET runtime with its app host, in `out`; resolves to the folder of the desktop libraries that go with it. */
const fetchRuntime = async (work: string, out: string): Promise<string> => {
  const project = join(work, 'project', 'pwsh.csproj');
  await cp(assetPath('pwsh.csproj'), project);
  await writeFile(join(work, 'project', 'Program.cs'), 'return 0;\n');
  await dotnet(['publish', project, '-c', 'Release', '-o', out, '-v', 'quiet'], work);
  const property = await dotnet(['msbuild', project, '-getProperty:BundledNETCoreAppPackageVersion'], work);
  const packages = process.env['NUGET_PACKAGES'] ?? join(homedir(), '.nuget', 'packages');
  const desktop = join(packages, 'microsoft.windowsdesktop.app.runtime.win-x64', property.stdout.trim());
  return only(join(desktop, 'runtimes', 'win-x64', 'lib'));
};

/** What both PowerShell and .NET have stays .NET's; what is particular to Windows goes over it. */
const mix = async (shell: string, desktop: string, out: string): Promise<void> => {
  await copyLibraries(desktop, out);
  await lay(shell, out, false);
  await cp(join(shell, 'pwsh.dll'), join(out, 'pwsh.dll'));
  const runtimes = join(shell, 'runtimes');
  const particular = [
    ...(await subfolders(join(runtimes, 'win', 'lib'))),
    ...(await subfolders(join(runtimes, 'win-x64', 'lib'))),
    join(runtimes, 'win-x64', 'native'),
  ];
  for (const folder of particular) await copyLibraries(folder, out);
  await rm(join(out, 'runtimes'), { recursive: true, force: true });
  for (const name of await readdir(out))
    if (/\.(?:pdb|deps\.json)$/.test(name)) await rm(join(out, name), { force: true });
};

const build = async (folder: string): Promise<void> => {
  const out = join(folder, 'pwsh');
  await mkdir(out);
  const work = await mkdtemp(join(tmpdir(), 'ratchet-pwsh-'));
  try {
    const shell = await fetchShell(work);
    await mix(shell, await fetchRuntime(work, out), out);
    await compile('powershell.c', join(folder, 'powershell.exe'));
    for (const name of SESSION_FILES) await cp(assetPath(name), join(folder, name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * The real PowerShell 7 for Windows on this machine, built the first time from NuGet (some 200 MB).
 * @throws RatchetError `not-supported` without the .NET SDK, `command-failed` when the build fails
 */
export const powershellFolder = async (): Promise<string> => {
  const lack = await powershellLack();
  if (lack !== null)
    throw new RatchetError('not-supported', `A wine host cannot have PowerShell: ${lack}.`, {
      hint: `Install the .NET ${SDK_MAJOR} SDK, or leave --powershell out.`,
    });
  const assets = ['pwsh.csproj', 'powershell.c', ...SESSION_FILES];
  const hash = await buildHash(assets, [LAYOUT, VERSION, await sdkVersion()]);
  return builtOnce(`powershell-${hash}`, build).catch((cause: unknown) => {
    if (cause instanceof RatchetError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new RatchetError('command-failed', `PowerShell for wine hosts could not be built: ${message}`, {
      hint: 'It comes from NuGet: see that dotnet can reach it.',
      cause,
    });
  });
};

/** Gives a prefix PowerShell: `powershell.exe` on the path, and the shared folder under C:\pwsh. */
export const addPowershell = async (prefix: string): Promise<void> => {
  const folder = await powershellFolder();
  const c = join(prefix, 'jail', 'C:');
  await symlink(join(folder, 'pwsh'), join(c, 'pwsh'));
  for (const name of SESSION_FILES) await cp(join(folder, name), join(c, 'ratchet', name));
  const system = join(c, 'windows', 'system32');
  for (const place of [system, join(system, 'WindowsPowerShell', 'v1.0')]) {
    await mkdir(place, { recursive: true });
    // The file there may be a hard link to the blank prefix's.
    await rm(join(place, 'powershell.exe'), { force: true });
    await cp(join(folder, 'powershell.exe'), join(place, 'powershell.exe'));
  }
};
