import type { HostFiles, HostWriter } from '@ratchet/core';

/** Thrown through an action whose host was locked only when it was about to change it: it looks again, from its beginning. */
class LookAgain extends Error {}

/** What an action does with a host, watched. */
export interface Watched<Result> {
  readonly port: HostWriter;
  /** Before the first change: true when what was read since `readFrom` (`performance.now()`) has to be read again. */
  readonly before: (readFrom: number) => Promise<boolean>;
  readonly act: (port: HostWriter) => Promise<Result>;
  /** Called as often as something that changes is about to be sent. */
  readonly sending?: () => void;
}

const CHANGING_FILES = [
  'write',
  'create',
  'makeFolder',
  'remove',
  'symbolicLink',
  'hardLink',
  'setMode',
  'setOwner',
  'setTimes',
] as const satisfies readonly (keyof HostFiles)[];

type Change = (...given: readonly never[]) => Promise<unknown>;

const watchedFiles = (files: HostFiles, guard: (change: Change) => Change): HostFiles => {
  const changing = CHANGING_FILES.map((name) => [name, guard(files[name] as Change)] as const);
  return { ...files, ...Object.fromEntries(changing) } as HostFiles;
};

const watch = (
  port: HostWriter,
  before: () => Promise<boolean>,
  sending: () => void,
): { port: HostWriter; mustLookAgain: () => boolean } => {
  let first: Promise<void> | undefined;
  let again = false;
  const ready = async (): Promise<void> => {
    again = await before();
    if (again) throw new LookAgain('the host was locked just now');
  };
  const guard =
    (change: Change): Change =>
    async (...given) => {
      first ??= ready();
      await first;
      sending();
      return change(...given);
    };
  const run = guard(port.run as Change) as HostWriter['run'];
  const powershell = guard(port.powershell as Change) as HostWriter['powershell'];
  const writeRegistry = guard(port.writeRegistry as Change) as HostWriter['writeRegistry'];
  return {
    port: { ...port, run, powershell, writeRegistry, files: watchedFiles(port.files, guard) },
    mustLookAgain: () => again,
  };
};

/**
 * Runs an action so that `before` is through before its first change. When that says so, nothing was changed yet, and the action
 * begins anew, whatever it made of the refusal.
 */
export const runWatched = async <Result>({
  port,
  before,
  act,
  sending = () => undefined,
}: Watched<Result>): Promise<Result> => {
  for (;;) {
    const readFrom = performance.now();
    const watched = watch(port, () => before(readFrom), sending);
    const [ended] = await Promise.allSettled([act(watched.port)]);
    if (watched.mustLookAgain()) continue;
    if (ended.status === 'rejected') throw ended.reason;
    return ended.value;
  }
};
