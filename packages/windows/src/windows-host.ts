import { randomBytes } from 'node:crypto';
import {
  type BootMarker,
  type CommandOutput,
  type Connection,
  type ExecOptions,
  type HostWriter,
  RatchetError,
  type RegistryAnswer,
  type RegistryQuery,
  type RegistryWrite,
  type WindowsVersion,
} from '@ratchet/core';
import { cleanStderr, stripTerminalCodes } from './clean-output.js';
import { decodeOutput, isUtf8 } from './code-page.js';
import { findKey, isWithin, type ListedKey, treeOf } from './key-tree.js';
import { cutAtMarks, isCommandSafe, type Marked, parentsOf, readLines, SCRIPT_COMMAND } from './read-script.js';
import { decodeReg, encodeReg, regBytes } from './reg-file.js';
import { parseRegQuery, type QueriedKey } from './reg-query-output.js';
import { versionOfBuild } from './windows-version.js';

const ENVIRONMENT = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
const CURRENT_VERSION = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
const PREFETCH =
  'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';

/** Milliseconds that a script which only reads or imports may take. */
const SCRIPT_MS = 120_000;

/** What a script ends with when the folder of a command cannot be entered; below 256, so that every sshd carries it. */
const NO_FOLDER = 237;

interface Wanted {
  readonly query: RegistryQuery;
  readonly resolve: (answer: RegistryAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface Import {
  readonly file: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const covers = (by: RegistryQuery, query: RegistryQuery): boolean =>
  by.tree === true
    ? isWithin(query.path, by.path)
    : query.tree !== true && isWithin(query.path, by.path) && isWithin(by.path, query.path);

/** The queries that must be sent: those that no other one answers. */
const necessary = (queries: readonly RegistryQuery[]): readonly RegistryQuery[] =>
  queries.filter(
    (query, index) =>
      !queries.some((other, at) => at !== index && covers(other, query) && (!covers(query, other) || at < index)),
  );

const listingOf = (keys: readonly QueriedKey[]): readonly ListedKey[] =>
  keys.map(({ path, values }) => ({ path, values: values.map(({ name, data }) => ({ name, data })) }));

const listingOfWrites = (writes: readonly RegistryWrite[]): readonly ListedKey[] => {
  const keys = new Map<
    string,
    { path: string; values: { name: string; data: Extract<RegistryWrite, { op: 'set' }>['data'] }[] }
  >();
  for (const write of writes) {
    const key = keys.get(write.path) ?? { path: write.path, values: [] };
    keys.set(write.path, key);
    if (write.op === 'set') key.values.push({ name: write.name, data: write.data });
  }
  return [...keys.values()];
};

/** Whether an answer that `reg query` printed may be believed for what was asked. */
const isCertain = (query: RegistryQuery, keys: readonly QueriedKey[]): boolean => {
  const wanted = query.value;
  return keys.every((key) => {
    if (wanted === undefined || query.tree === true) return !key.broken && key.values.every((value) => value.certain);
    const mine = key.values.filter((value) => value.name.toLowerCase() === wanted.toLowerCase());
    return mine.length > 0
      ? mine.every((value) => value.certain) && !key.broken
      : !key.broken && key.values.every((value) => value.certain);
  });
};

/** Missing (null) or denied (an error), from what the parents listed. */
const judgeMissing = (host: string, query: RegistryQuery, marks: readonly Marked[]): null => {
  const chain = [query.path, ...parentsOf(query.path)];
  const readable = marks.find((mark) => mark.level > 0 && mark.code === 0);
  const child = readable ? chain[readable.level - 1] : undefined;
  const listed =
    readable &&
    child !== undefined &&
    parseRegQuery(readable.text).some((key) => key.path.toLowerCase() === child.toLowerCase());
  if (readable && !listed) return null;
  throw new RatchetError('access-denied', `The registry key ${child ?? query.path} cannot be read.`, {
    place: { at: 'host', host },
    hint: 'Log in with an account that is a full administrator of the host.',
  });
};

/**
 * A command with no standard input where cmd.exe can be told so without changing what the text means; elsewhere a program
 * that reads its input takes the script's end, and the exit code is then cmd's own.
 */
const withoutInput = (command: string): string =>
  /[&|<>()^]|^[\s@]*(?:if|for|rem)\b/i.test(command) ? command : `<nul ${command}`;

/** A Windows host over a connection. See HostReader for what goes to the host together. */
export const windowsHost = (connection: Connection): HostWriter => {
  const token = `RATCHET-${randomBytes(6).toString('hex')}`;
  let wanted: Wanted[] = [];
  let imports: Import[] = [];
  let uploading: Promise<void>[] = [];
  let scheduled = false;
  let version: Promise<WindowsVersion> | undefined;
  let codePage: Promise<number> | undefined;
  let files = 0;

  const place = { at: 'host', host: connection.host } as const;
  const fileName = (suffix: string): string => {
    files += 1;
    return `${token.toLowerCase()}-${files}.${suffix}`;
  };

  const script = async (
    lines: readonly string[],
    options: ExecOptions = {},
  ): Promise<{
    readonly marks: readonly Marked[];
    readonly output: string;
    readonly code: number | null;
    readonly stderr: Uint8Array;
    readonly stdout: Uint8Array;
  }> => {
    const stdin = [`echo ${token} begin`, ...lines, 'exit 0', ''].join('\r\n');
    const result = await connection.exec(SCRIPT_COMMAND, { timeoutMs: SCRIPT_MS, ...options, stdin });
    const output = Buffer.from(result.stdout).toString('latin1');
    return {
      marks: cutAtMarks(output, token),
      output,
      code: result.code,
      stderr: result.stderr,
      stdout: result.stdout,
    };
  };

  const exportKey = async (path: string): Promise<readonly ListedKey[]> => {
    const safe = [path, ...parentsOf(path)].find(isCommandSafe);
    if (safe === undefined)
      throw new RatchetError(
        'host-output',
        `The key ${path} cannot be read: its hive has no name that fits a command line.`,
        { place },
      );
    const file = fileName('reg');
    const { marks } = await script([
      `reg export "${safe}" ${file} /y /reg:64 >nul 2>nul <nul`,
      `echo ${token} 0 0 %errorlevel%`,
    ]);
    if (marks[0]?.code !== 0)
      throw new RatchetError(
        'access-denied',
        `The registry key ${safe} cannot be exported (code ${marks[0]?.code ?? 'none'}).`,
        { place },
      );
    try {
      return listingOfWrites(decodeReg(await connection.files.read(file)));
    } finally {
      await connection.files.remove(file);
    }
  };

  const answer = async (query: RegistryQuery, marks: readonly Marked[]): Promise<RegistryAnswer> => {
    const own = marks.find((mark) => mark.level === 0);
    if (!own)
      throw new RatchetError('host-output', 'The host ended a read before it was complete.', {
        place,
        hint: 'Run again; if it stays, look at what cmd.exe prints on this host (AutoRun?).',
      });
    if (own.code !== 0) return judgeMissing(connection.host, query, marks);
    const keys = parseRegQuery(own.text);
    // `reg query` prints no path for a key that has neither values nor subkeys.
    const listing = isCertain(query, keys) ? listingOf(keys) : await exportKey(query.path);
    return treeOf(query.path, [{ path: query.path, values: [] }, ...listing]);
  };

  const readUnsafe = async (query: RegistryQuery): Promise<RegistryAnswer> => {
    const safe = parentsOf(query.path).find(isCommandSafe);
    if (safe === undefined) return null;
    const [parent] = await host.registry([{ path: safe }]);
    return parent === null || parent === undefined ? null : treeOf(query.path, await exportKey(query.path));
  };

  const importFailure = async (code: number): Promise<RatchetError> => {
    const { stdout } = await host.run('whoami /groups');
    if (stdout.includes('S-1-16-8192')) {
      return new RatchetError(
        'not-elevated',
        'The session is not elevated, so the machine-wide registry cannot be written.',
        {
          place,
          hint: 'Log in with the built-in Administrator or a domain administrator, or set LocalAccountTokenFilterPolicy to 1 on the host.',
        },
      );
    }
    return new RatchetError(
      'command-failed',
      `reg import ended with code ${code}; nothing is believed to be written until it is read back.`,
      { place },
    );
  };

  const settleImports = async (taken: readonly Import[], marks: readonly Marked[]): Promise<void> => {
    for (const [index, job] of taken.entries()) {
      const mark = marks.find((entry) => entry.number === index && entry.level === 0);
      if (mark?.code === 0) job.resolve();
      else job.reject(await importFailure(mark?.code ?? -1));
    }
  };

  const settleReads = async (
    taken: readonly Wanted[],
    sent: readonly RegistryQuery[],
    marks: readonly Marked[],
    offset: number,
  ): Promise<void> => {
    const answers = sent.map((query, index) =>
      answer(
        query,
        marks.filter((mark) => mark.number === offset + index),
      ),
    );
    for (const [index, { query, resolve, reject }] of taken.entries()) {
      const by = sent.findIndex((other) => covers(other, query));
      void (answers[by < 0 ? index : by] as Promise<RegistryAnswer>).then(
        (tree) => resolve(tree === null ? null : findKey(tree, query.path)),
        reject,
      );
    }
    await Promise.allSettled(answers);
  };

  const flush = async (): Promise<void> => {
    await Promise.allSettled(uploading);
    uploading = [];
    scheduled = false;
    const [reads, writes] = [wanted, imports];
    [wanted, imports] = [[], []];
    const [safe, unsafe] = [
      reads.filter(({ query }) => isCommandSafe(query.path)),
      reads.filter(({ query }) => !isCommandSafe(query.path)),
    ];
    for (const { query, resolve, reject } of unsafe) void readUnsafe(query).then(resolve, reject);
    if (safe.length === 0 && writes.length === 0) return;
    const sent = necessary(safe.map(({ query }) => query));
    const lines = [
      ...writes.flatMap(({ file }, index) => [
        `reg import ${file} /reg:64 >nul 2>nul <nul`,
        `echo ${token} ${index} 0 %errorlevel%`,
        `del ${file}`,
      ]),
      ...sent.flatMap((query, index) => readLines(query, writes.length + index, token)),
    ];
    try {
      const { marks } = await script(lines);
      await settleImports(writes, marks);
      await settleReads(safe, sent, marks, writes.length);
    } catch (error) {
      for (const { reject } of [...safe, ...writes]) reject(error);
    }
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => void flush());
  };

  const fieldText = (key: RegistryAnswer | undefined, name: string): string => {
    const data = key?.values.find((value) => value.name.toLowerCase() === name.toLowerCase())?.data;
    if (data === undefined) return '';
    return 'text' in data ? data.text : 'number' in data ? String(data.number) : '';
  };

  const readVersion = async (): Promise<WindowsVersion> => {
    const [environment, current] = await host.registry([
      { path: ENVIRONMENT, value: 'PROCESSOR_ARCHITECTURE' },
      { path: CURRENT_VERSION, value: 'CurrentBuild' },
    ]);
    const architecture = fieldText(environment, 'PROCESSOR_ARCHITECTURE');
    if (architecture === '')
      throw new RatchetError(
        'host-output',
        `${ENVIRONMENT} has no PROCESSOR_ARCHITECTURE, so 32-bit and 64-bit Windows cannot be told apart.`,
        { place },
      );
    const build = Number(fieldText(current, 'CurrentBuild') || Number.NaN);
    if (!Number.isInteger(build))
      throw new RatchetError('host-output', `${CURRENT_VERSION} has no CurrentBuild.`, { place });
    return {
      architecture,
      is64Bit: architecture.toUpperCase() !== 'X86',
      build,
      ubr: Number(fieldText(current, 'UBR') || 0),
      productName: fieldText(current, 'ProductName'),
      version: versionOfBuild(build),
    };
  };

  const askCodePage = async (): Promise<number> => {
    const { marks } = await script(['chcp <nul', `echo ${token} 0 0 %errorlevel%`]);
    return Number(/(\d{3,5})\D*$/.exec(marks[0]?.text ?? '')?.[1] ?? 437);
  };

  const decode = async (bytes: Uint8Array): Promise<string> => {
    if (isUtf8(bytes)) return stripTerminalCodes(decodeOutput(bytes));
    codePage ??= askCodePage();
    return stripTerminalCodes(decodeOutput(bytes, await codePage));
  };

  const direct = async (command: string, options: ExecOptions): Promise<CommandOutput> => {
    const result = await connection.exec(command, options);
    return {
      rc: result.code ?? -1,
      stdout: await decode(result.stdout),
      stderr: cleanStderr(await decode(result.stderr)),
    };
  };

  const between = (stdout: Uint8Array): Uint8Array => {
    const bytes = Buffer.from(stdout);
    const begin = bytes.indexOf(`${token} begin`);
    const from = begin < 0 ? 0 : bytes.indexOf('\n', begin) + 1;
    const end = bytes.lastIndexOf(`${token} 0 0 `);
    return bytes.subarray(from, end < from ? bytes.length : end);
  };

  const host: HostWriter = {
    name: connection.host,
    connection,
    registry: (queries) =>
      Promise.all(
        queries.map(
          (query) =>
            new Promise<RegistryAnswer>((resolve, reject) => {
              wanted.push({ query, resolve, reject });
              schedule();
            }),
        ),
      ),
    windows: () => {
      version ??= readVersion();
      version.catch(() => {
        version = undefined;
      });
      return version;
    },
    bootMarker: async (): Promise<BootMarker> => {
      const [key] = await host.registry([{ path: PREFETCH, value: 'BootId' }]);
      const found = fieldText(key, 'BootId');
      return { bootId: found === '' ? null : Number(found), bootTime: null };
    },
    query: (command, options) => host.run(command, options),
    // Reads that are started after this call see what it wrote: they wait for the upload and follow the import in one script.
    writeRegistry: (writes) => {
      if (writes.length === 0) return Promise.resolve();
      const file = fileName('reg');
      const upload = connection.files.write(file, regBytes(encodeReg(writes)), { exclusive: true });
      uploading.push(upload);
      schedule();
      const imported = new Promise<void>((resolve, reject) => {
        upload.then(() => imports.push({ file, resolve, reject }), reject);
      });
      return imported;
    },
    // The code is printed after a marker, since a Linux sshd and the ssh program carry only eight bits of it. A command that
    // ends its shell (`exit 3`) prints no marker; its code is then the shell's own.
    run: async (command, { chdir, ...options } = {}) => {
      if (options.stdin !== undefined || /[\r\n]/.test(command))
        return direct(chdir === undefined ? command : `cd /d "${chdir}" && ${command}`, options);
      const lines = [
        ...(chdir === undefined ? [] : [`cd /d "${chdir}"`, `if errorlevel 1 exit ${NO_FOLDER}`]),
        withoutInput(command),
        `echo ${token} 0 0 %errorlevel%`,
      ];
      const { marks, code, stdout, stderr } = await script(lines, options);
      if (chdir !== undefined && marks.length === 0 && code === NO_FOLDER)
        throw new RatchetError('command-failed', `The folder ${chdir} cannot be entered.`, { place });
      const rc = marks.at(-1)?.code ?? code ?? -1;
      return { rc, stdout: await decode(between(stdout)), stderr: cleanStderr(await decode(stderr)) };
    },
  };
  return host;
};
