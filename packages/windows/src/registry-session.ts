import type { RegistryFinding, RegistryQuery, RegistryWrite } from '@ratchet/core';
import { importFailure } from './import-failure.js';
import { type ListedKey, lookUpIn, treeOf } from './key-tree.js';
import { endOrphanedImports } from './orphaned-imports.js';
import { samePath } from './path.js';
import { explainLines, isCommandSafe, type Marked, parentsOf, queryLine, readLines } from './read-script.js';
import { encodeReg, regBytes } from './reg-file.js';
import { judge } from './registry-answer.js';
import { exportKey, exportQuoted } from './registry-export.js';
import { covers, necessary } from './registry-queries.js';
import type { ScriptSession } from './script-session.js';

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

interface Read extends Waiting<RegistryFinding> {
  readonly query: RegistryQuery;
}

/** Lines that read something else, each followed by a mark. */
interface Aside extends Waiting<readonly Marked[]> {
  readonly lines: readonly string[];
}

interface Import extends Waiting<void> {
  readonly file: string;
  readonly writes: readonly RegistryWrite[];
}

/** Marks of lines that read something else are numbered from here on, above all reads of a script. */
const ASIDE = 1_000_000;

/**
 * A host's registry. Reads and writes that are started in one turn of the event loop share one script: first the imports, then
 * the reads, so that a read which is started after a write sees what it wrote.
 */
export class RegistrySession {
  readonly #session: ScriptSession;
  #reads: Read[] = [];
  #imports: Import[] = [];
  #asides: Aside[] = [];
  #uploads: Promise<void>[] = [];
  #scheduled = false;
  /** 'line' where all keys that are read next are likely to be there: so it was the last time. */
  habit: 'line' | 'script' | undefined;
  /** Files that were on their way to an import when the connection was lost. */
  #orphans: string[] = [];
  /** Keys that were not there when they were last read, and that nothing was written to since. */
  readonly #missing = new Set<string>();

  constructor(session: ScriptSession) {
    this.#session = session;
  }

  read(query: RegistryQuery): Promise<RegistryFinding> {
    return new Promise((resolve, reject) => {
      this.#reads.push({ query, resolve, reject });
      this.#schedule();
    });
  }

  /** What lines print, which only read, in the script of the registry reads that are started in the same turn. */
  aside(lines: readonly string[]): Promise<readonly Marked[]> {
    return new Promise((resolve, reject) => {
      this.#asides.push({ lines, resolve, reject });
      this.#schedule();
    });
  }

  write(writes: readonly RegistryWrite[]): Promise<void> {
    if (writes.length === 0) return Promise.resolve();
    const file = this.#session.fileName('reg');
    const bytes = regBytes(encodeReg(writes));
    const upload = this.#session.connection.files.write(file, bytes, { exclusive: true });
    this.#uploads.push(upload);
    this.#schedule();
    return new Promise((resolve, reject) => {
      const failed = (error: unknown): void => {
        this.#orphans.push(file);
        reject(error);
      };
      upload.then(() => this.#imports.push({ file, writes, resolve, reject }), failed);
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    // Uploads may be started while we wait; none may be left behind, since they no longer schedule a flush.
    while (this.#uploads.length > 0) await Promise.allSettled(this.#uploads.splice(0));
    this.#scheduled = false;
    const reads = this.#reads.splice(0);
    const imports = this.#imports.splice(0);
    const asides = this.#asides.splice(0);
    const safe = reads.filter(({ query }) => isCommandSafe(query.path));
    try {
      await this.#endOrphans();
      await this.#send(safe, imports, asides);
    } catch (error) {
      this.#orphans.push(...imports.map(({ file }) => file));
      for (const { reject } of [...safe, ...imports, ...asides]) reject(error);
    }
    // After the imports, which they must see.
    for (const { query, resolve, reject } of reads.filter((read) => !safe.includes(read)))
      void this.#readUnsafe(query).then(resolve, reject);
  }

  async #endOrphans(): Promise<void> {
    if (this.#orphans.length === 0) return;
    const known = [...this.#orphans];
    await endOrphanedImports(this.#session, known);
    this.#orphans = this.#orphans.filter((file) => !known.includes(file));
  }

  async #send(reads: readonly Read[], imports: readonly Import[], asides: readonly Aside[]): Promise<void> {
    if (reads.length === 0 && imports.length === 0 && asides.length === 0) return;
    const sent = necessary(reads.map(({ query }) => query));
    const marks = await this.#marks(
      [
        ...imports.flatMap(({ file }, index) => this.#importLines(file, index)),
        ...asides.flatMap(({ lines }) => lines).flatMap((line, index) => [line, this.#session.mark(ASIDE + index)]),
      ],
      sent,
      imports.length,
    );
    this.#settleImports(imports, marks);
    let first = ASIDE;
    for (const { lines, resolve } of asides) {
      const from = first;
      first += lines.length;
      resolve(marks.filter(({ number }) => number >= from && number < from + lines.length));
    }
    await this.#settleReads(reads, sent, (index) => marks.filter(({ number }) => number === imports.length + index));
  }

  /**
   * Runs lines and then reads, numbered from `first`. Where every key is expected to be there, that is one command line; if one is not,
   * its reads are sent again in a script, which asks whether it is missing or denied.
   */
  async #marks(lines: readonly string[], queries: readonly RegistryQuery[], first: number): Promise<readonly Marked[]> {
    const { token } = this.#session;
    const script = async (before: readonly string[], left: readonly RegistryQuery[], from: number) => {
      const reading = left.flatMap((query, index) => readLines(query, from + index, token));
      const { marks } = await this.#session.script([...before, ...reading, ...explainLines(left, from, token)]);
      return marks;
    };
    const isRead = ({ number }: Marked): boolean => number >= first && number < ASIDE;
    const isMissing = (mark: Marked): boolean => isRead(mark) && mark.level === 0 && mark.code !== 0;
    if (first > 0) this.#missing.clear();
    const allThere = this.habit === 'line' && !queries.some(({ path }) => this.#missing.has(path.toLowerCase()));
    const line =
      allThere || first > 0
        ? await this.#session.line([
            ...lines,
            ...queries.flatMap((query, index) => [queryLine(query), this.#session.mark(first + index)]),
          ])
        : undefined;
    const marks = line?.marks ?? (await script(lines, queries, first));
    const missed = marks.filter(isMissing);
    // Where nothing was read, nothing was found out.
    if (queries.length > 0) this.habit = missed.length > 0 ? 'script' : 'line';
    if (!line || missed.length === 0) return marks;
    const again = missed.map(({ number }) => number);
    const explained = await script(
      [],
      again.map((number) => queries[number - first] as RegistryQuery),
      0,
    );
    return [
      ...marks.filter((mark) => !isMissing(mark)),
      ...explained.map((mark) => ({ ...mark, number: again[mark.number] as number })),
    ];
  }

  #importLines(file: string, number: number): readonly string[] {
    return [`reg import ${file} /reg:64 >nul 2>nul <nul`, this.#session.mark(number), `del ${file}`];
  }

  #settleImports(imports: readonly Import[], marks: readonly Marked[]): void {
    for (const [index, { writes, resolve, reject }] of imports.entries()) {
      const code = marks.find((mark) => mark.number === index)?.code;
      if (code === 0) resolve();
      // Not awaited: its own reads need the flush that this one is to end first.
      else importFailure(this.#session, code ?? -1, writes, (query) => this.read(query)).then(reject, reject);
    }
  }

  async #settleReads(
    reads: readonly Read[],
    sent: readonly RegistryQuery[],
    marksOf: (index: number) => readonly Marked[],
  ): Promise<void> {
    const left = new Set(reads);
    const answering = sent.map(async (query, index) => {
      const mine = [...left].filter((read) => covers(query, read.query));
      for (const read of mine) left.delete(read);
      try {
        const asked = mine.map((read) => read.query);
        const found = await this.#answer(query, asked, marksOf(index));
        for (const read of mine) {
          const own = found.key === null ? found : lookUpIn(found.key, read.query.path);
          if (own.key === null) this.#missing.add(read.query.path.toLowerCase());
          read.resolve(own);
        }
      } catch (error) {
        for (const { reject } of mine) reject(error);
      }
    });
    await Promise.all(answering);
  }

  async #answer(
    sent: RegistryQuery,
    asked: readonly RegistryQuery[],
    marks: readonly Marked[],
  ): Promise<RegistryFinding> {
    const judged = judge(this.#session.connection.host, sent, asked, marks);
    return judged === 'export' ? this.#fromExport(sent.path) : judged;
  }

  async #fromExport(path: string): Promise<RegistryFinding> {
    return this.#lookUp(path, await exportKey(this.#session, path));
  }

  #lookUp(path: string, listing: readonly ListedKey[]): RegistryFinding {
    const key = treeOf(path, listing);
    if (key !== null) return { key };
    return { key, above: parentsOf(path).find((parent) => treeOf(parent, listing) !== null) ?? null };
  }

  /**
   * A key whose name cannot stand on a command line as it is. Its nearest parent whose name can lists its subkeys, which tells whether the
   * way to the key is there at all; what is there comes from an export, of that parent where nothing less will do.
   */
  async #readUnsafe({ path }: RegistryQuery): Promise<RegistryFinding> {
    const safe = parentsOf(path).find(isCommandSafe);
    if (safe === undefined) return { key: null, above: null };
    const parent = await this.read({ path: safe, value: '' });
    if (parent.key === null) return parent;
    const [name = ''] = path.slice(safe.length + 1).split('\\');
    const first = `${safe}\\${name}`;
    // Of a name beyond ASCII the host's code page may have made another.
    const isListed = parent.key.subkeys.some((subkey) => samePath(subkey.path, first));
    if (/^[\x20-\x7e]*$/.test(name) && !isListed) return { key: null, above: safe };
    const listing = await exportQuoted(this.#session, first);
    return listing ? this.#lookUp(path, listing) : this.#fromExport(path);
  }
}
