import { randomBytes } from 'node:crypto';
import {
  type Debt,
  type FileTransfer,
  type HostKeep,
  type LockHolder,
  type LockOwner,
  RatchetError,
} from '@ratchet/core';
import { DEBT_FILES, debtBytes, debtFile, type KeptDebts, newestDebts } from './kept-debts.js';
import { hasExpired, holderOf, isHalfMade, type LockFile, lockBytes, lockIn } from './lock-file.js';
import { ANY_UPLOAD, endOrphanedImports } from './orphaned-imports.js';
import type { ScriptSession } from './script-session.js';
import { sftpPath } from './windows-files.js';

const FOLDER = 'Ratchet';
const LOCK = 'lock.json';
/** Held for the moment in which an expired lock is taken away, so that two who find it do not take away each other's. */
const BREAK = 'lock.break';
const BREAK_SECONDS = 60;
/** Written anew by everyone who takes the lock: who finds it as it was knows that nobody has had the lock meanwhile. */
const TURN = 'turn.json';
const STANDARD_DATA = 'C:\\ProgramData';

// Administrators and SYSTEM by their SIDs, since their names are translated; nothing is inherited from %ProgramData%, where everybody may make files.
const secureLine = (folder: string): string =>
  `icacls "${folder}" /inheritance:r /grant:r "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" >nul 2>nul <nul`;

const is = (thrown: unknown, detail: 'missing' | 'exists'): boolean =>
  thrown instanceof RatchetError && thrown.details[detail] === true;

const orMissing = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch (thrown) {
    if (is(thrown, 'missing')) return null;
    throw thrown;
  }
};

interface FoundLock {
  readonly lock: LockFile;
  /** Seconds, by the host's clock. */
  readonly written: number;
  readonly now: number;
}

class WindowsKeep implements HostKeep {
  readonly #session: ScriptSession;
  readonly #files: FileTransfer;
  /** `%ProgramData%`, once the host has told it. */
  #data: string | undefined;
  #kept: KeptDebts | null | 'damaged' | undefined;
  #mine = false;
  /** The connection was lost while this run made the lock: one that says nothing is what it left. */
  #begun = false;
  /** The turn that the first script found, '' without any; undefined while the lock was taken, and once it has been compared. */
  #turn: string | undefined;
  readonly #since = new Date().toISOString();

  constructor(session: ScriptSession) {
    this.#session = session;
    this.#files = session.connection.files;
    const { token } = session;
    session.ride({
      lines: [
        `echo ${token} keep %ProgramData%`,
        ...DEBT_FILES.map((file) => `%ProgramData%\\${FOLDER}\\${file}`).map(
          // Without the condition a missing file would leave its code to the commands after it.
          (path) => `if exist "${path}" type "${path}" 2>nul`,
        ),
        `echo ${token} turn`,
        `if exist "%ProgramData%\\${FOLDER}\\${LOCK}" echo ${token} locked`,
        `if exist "%ProgramData%\\${FOLDER}\\${TURN}" type "%ProgramData%\\${FOLDER}\\${TURN}" 2>nul`,
      ],
      read: (output) => this.#told(output.slice(output.indexOf(`${token} keep `) + token.length + 6)),
    });
  }

  /** What the first script printed: the folder on a line, both files of debts, and whose turn it is. */
  #told(output: string): void {
    const { token } = this.#session;
    const end = output.indexOf('\n');
    const data = output.slice(0, end).trim();
    this.#data = /^[A-Za-z]:\\[^%"]+$/.test(data) ? data : STANDARD_DATA;
    if (this.#data !== data) return;
    const [debts = '', turn] = output.slice(end + 1).split(`${token} turn`);
    this.#kept = newestDebts(debts);
    if (turn !== undefined && !turn.includes(`${token} locked`)) this.#turn = turn.trim();
  }

  async #folder(): Promise<string> {
    if (this.#data === undefined) await this.#session.script([]);
    return `${this.#data ?? STANDARD_DATA}\\${FOLDER}`;
  }

  async #path(file: string): Promise<string> {
    return sftpPath(`${await this.#folder()}\\${file}`);
  }

  async debts(again = false): Promise<readonly Debt[] | null> {
    await this.#folder();
    if (again || this.#kept === undefined) {
      const texts = DEBT_FILES.map(async (file) => orMissing(this.#files.read(await this.#path(file))));
      const bytes = await Promise.all(texts);
      this.#kept = newestDebts(bytes.map((one) => Buffer.from(one ?? []).toString('latin1')).join('\n'));
    }
    if (this.#kept !== 'damaged') return this.#kept?.debts ?? null;
    const folder = await this.#folder();
    throw new RatchetError('journal-damaged', `What the host is owed, in ${folder}, cannot be read.`, {
      hint: `Restart the host, then remove ${DEBT_FILES.join(' and ')} there.`,
      place: this.#session.place,
    });
  }

  async saveDebts(debts: readonly Debt[]): Promise<void> {
    const number = this.#kept && this.#kept !== 'damaged' ? this.#kept.number + 1 : 0;
    const kept = { number, debts };
    await this.#files.write(await this.#path(debtFile(number)), debtBytes(kept));
    this.#kept = kept;
  }

  async lock(
    mine: LockOwner,
    lifeSeconds: number,
    isDead: (run: string) => Promise<boolean> = async () => false,
  ): Promise<'taken' | 'renewed' | 'untouched'> {
    const wanted = { ...mine, since: this.#since, life: lifeSeconds };
    if (await this.#renew(wanted)) return 'renewed';
    if (await this.#create(wanted)) return this.#takeTurn(wanted);
    const found = await this.#find();
    if (found === null) return this.#orRefuse(wanted);
    if (found.lock.run === mine.run || (this.#begun && isHalfMade(found.lock))) {
      await this.#write(wanted);
      this.#begun = false;
      await endOrphanedImports(this.#session, [ANY_UPLOAD]);
      return 'taken';
    }
    const over = hasExpired(found.lock, found.written, found.now) || (await isDead(found.lock.run));
    if (!over || !(await this.#break(found))) throw await this.#locked(found);
    await this.#orRefuse(wanted);
    // What a dead run sent may have been done after the first read.
    await endOrphanedImports(this.#session, [ANY_UPLOAD]);
    return 'taken';
  }

  /** Writes this run's lock anew; false when this run never had it, or has it no more. */
  async #renew(wanted: LockFile): Promise<boolean> {
    if (!this.#mine) return false;
    const bytes = await orMissing(this.#files.read(await this.#path(LOCK)));
    this.#mine = bytes !== null && lockIn(bytes).run === wanted.run;
    // Taken away since it was read: the lock is not made anew by its renewal.
    if (this.#mine) this.#mine = (await orMissing(this.#write(wanted).then(() => true))) ?? false;
    return this.#mine;
  }

  async #write(wanted: LockFile): Promise<void> {
    await this.#files.write(await this.#path(LOCK), lockBytes(wanted), { inPlace: true });
    this.#mine = true;
  }

  /** False when there is a lock already. */
  async #create(wanted: LockFile): Promise<boolean> {
    const path = await this.#path(LOCK);
    const create = () => this.#files.write(path, lockBytes(wanted), { exclusive: true });
    try {
      await create().catch(async (thrown: unknown) => {
        if (!is(thrown, 'missing')) throw thrown;
        await this.#makeFolder();
        await create();
      });
    } catch (thrown) {
      if (is(thrown, 'exists')) return false;
      this.#begun = thrown instanceof RatchetError && thrown.code === 'unreachable';
      throw this.#cannotLock(thrown);
    }
    this.#begun = false;
    this.#mine = true;
    return true;
  }

  /** Made over SFTP; its permissions are set by the next command, whatever that is. */
  async #makeFolder(): Promise<void> {
    const folder = await this.#folder();
    await this.#files.makeFolder(sftpPath(folder));
    this.#session.ride({ lines: [secureLine(folder), 'cmd /c exit 0'], read: () => undefined });
  }

  /** Under the new lock: looks whether anybody else had it since the first script, and says that now this run has. */
  async #takeTurn({ run }: LockFile): Promise<'taken' | 'untouched'> {
    const path = await this.#path(TURN);
    const found = Buffer.from((await orMissing(this.#files.read(path))) ?? []).toString('latin1');
    const seen = this.#turn;
    this.#turn = undefined;
    await this.#files.write(path, Buffer.from(`${JSON.stringify({ run, turn: randomBytes(8).toString('hex') })}\r\n`));
    return seen === found.trim() ? 'untouched' : 'taken';
  }

  async #orRefuse(wanted: LockFile): Promise<'taken' | 'untouched'> {
    if (await this.#create(wanted)) return this.#takeTurn(wanted);
    throw await this.#locked(await this.#find());
  }

  #cannotLock(thrown: unknown): unknown {
    if (!(thrown instanceof RatchetError) || thrown.code === 'unreachable' || thrown.code === 'interrupted')
      return thrown;
    return new RatchetError(thrown.code, `The host cannot be locked against other runs: ${thrown.message}`, {
      hint: 'The account must be an administrator there, and the disk must not be full.',
      place: this.#session.place,
      details: thrown.details,
      cause: thrown,
    });
  }

  async #locked(found: FoundLock | null): Promise<RatchetError> {
    const { host } = this.#session.connection;
    const who = found ? holderOf(found.lock, found.written, found.now) : undefined;
    return new RatchetError(
      'host-locked',
      who
        ? `${host} is locked by ${who.owner}, run ${who.run}, since ${who.since}; the lock lasts until ${who.until} by the host's clock.`
        : `${host} is locked by another run, which is giving the lock back just now.`,
      {
        hint: `Wait for that run; its lock is renewed while it lasts. If it is dead: ratchet unlock ${host} -i INVENTORY`,
        place: this.#session.place,
        details: who ? { ...who } : {},
      },
    );
  }

  /** The host's clock: the time of a file that is written now. */
  async #now(): Promise<number> {
    const path = await this.#path(`now-${randomBytes(6).toString('hex')}`);
    await this.#files.write(path, new Uint8Array([10]), { exclusive: true });
    try {
      return await this.#files.modified(path);
    } finally {
      await this.#files.remove(path);
    }
  }

  async #find(): Promise<FoundLock | null> {
    const path = await this.#path(LOCK);
    const bytes = await orMissing(this.#files.read(path));
    const written = bytes === null ? null : await orMissing(this.#files.modified(path));
    if (bytes === null || written === null) return null;
    return { lock: lockIn(bytes), written, now: await this.#now() };
  }

  /** Takes a lock that is over away; false when somebody else is at it. */
  async #break({ lock, written, now }: FoundLock): Promise<boolean> {
    const guard = await this.#path(BREAK);
    try {
      await this.#files.write(guard, new Uint8Array([10]), { exclusive: true });
    } catch (thrown) {
      if (!is(thrown, 'exists')) throw thrown;
      const at = await orMissing(this.#files.modified(guard));
      // Whoever was at it has died: the next one who comes gets through.
      if (at !== null && Math.abs(now - at) > BREAK_SECONDS) await orMissing(this.#files.remove(guard));
      return false;
    }
    try {
      const again = await this.#find();
      if (again === null) return true;
      if (again.written !== written || again.lock.run !== lock.run) return false;
      await orMissing(this.#files.remove(await this.#path(LOCK)));
      return true;
    } finally {
      await orMissing(this.#files.remove(guard));
    }
  }

  async release(mine: LockOwner): Promise<void> {
    const path = await this.#path(LOCK);
    const bytes = await orMissing(this.#files.read(path));
    if (bytes !== null && lockIn(bytes).run === mine.run) await orMissing(this.#files.remove(path));
    this.#mine = false;
    // The folder was made and no command came after it.
    if (this.#session.hasRiders) await this.#session.script([]);
  }

  async holder(): Promise<LockHolder | null> {
    const found = await this.#find();
    return found && holderOf(found.lock, found.written, found.now);
  }

  async unlock(): Promise<void> {
    await orMissing(this.#files.remove(await this.#path(LOCK)));
  }
}

/** What a Windows host keeps in `%ProgramData%\Ratchet`: `lock.json`, and what it is owed. */
export const windowsKeep = (session: ScriptSession): HostKeep => new WindowsKeep(session);
