import { type BootMarker, type ExecOptions, RatchetError } from '@ratchet/core';
import type { Marked } from './read-script.js';
import { parseRegQuery } from './reg-query-output.js';
import type { ScriptSession } from './script-session.js';

const PREFETCH =
  'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';

// windows-facts 6.2: 6005 and 6009 are EventLog's, 12 is the kernel's; other providers have other events of these numbers.
const EVENTS =
  "*[System[Provider[@Name='EventLog' or @Name='Microsoft-Windows-Kernel-General'] and (EventID=6005 or EventID=6009 or EventID=12)]]";

// Every start logs each of them once, a little apart: only records of one number may be compared.
const PREFERRED = ['6005', '6009', '12'] as const;

/** The newest start event in the XML that `wevtutil` prints, as `number/record`; null without any. */
export const bootEventIn = (xml: string): string | null => {
  const found = [...xml.matchAll(/<Event[ >][\s\S]*?<\/Event>/g)].map(([event]) => ({
    id: /<EventID[^>]*>(\d+)</.exec(event)?.[1],
    record: /<EventRecordID>(\d+)</.exec(event)?.[1],
  }));
  for (const wanted of PREFERRED) {
    const [newest] = found
      .filter(({ id, record }) => id === wanted && record !== undefined)
      .map(({ record }) => Number(record))
      .sort((a, b) => b - a);
    if (newest !== undefined) return `${wanted}/${newest}`;
  }
  return null;
};

/** Milliseconds from 1601, where FILETIME begins, to 1970. */
const FILETIME_EPOCH = 11_644_473_600_000;

/** LastBootUpTime (`20240101120000.500000+060`, the offset in minutes) in what `wmic` prints, as FILETIME digits; null without it. */
export const bootTimeIn = (text: string): string | null => {
  const parts = /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-]\d{3})/.exec(text.replaceAll('\0', ''));
  if (!parts) return null;
  const [year, month, day, hour, minute, second, micro, offset] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const utc = Date.UTC(year, month - 1, day, hour, minute - offset, second);
  return String(BigInt(utc + FILETIME_EPOCH) * 10_000n + BigInt(micro) * 10n);
};

const bootIdIn = (mark: Marked): number | null => {
  if (mark.code !== 0) return null;
  const data = parseRegQuery(mark.text)
    .flatMap((key) => key.values)
    .find(({ name }) => name.toLowerCase() === 'bootid')?.data;
  return data?.type === 'REG_DWORD' ? data.number : null;
};

type MarkerOptions = Pick<ExecOptions, 'timeoutMs' | 'signal'>;

/** Runs lines and gives their marks; without options in the script of the registry reads of the same turn. */
export type AskLines = (lines: readonly string[]) => Promise<readonly Marked[]>;

/** Lines in a command of their own. */
export const askAlone =
  (session: ScriptSession, options: MarkerOptions = {}): AskLines =>
  async (lines) => {
    const marked = lines.flatMap((line, index) => [line, session.mark(index)]);
    return (await session.script(marked, options)).marks;
  };

const askedFor = async (
  session: ScriptSession,
  lines: readonly string[],
  ask: AskLines,
): Promise<readonly Marked[]> => {
  const marks = await ask(lines);
  // A host on its way down ends scripts half way: that is no proof of absence.
  if (marks.length < lines.length)
    throw new RatchetError('host-output', 'The host ended the reading of its boot marker before it was complete.', {
      place: session.place,
    });
  return marks;
};

/**
 * What tells this boot from others, from up to three sources of which any may be missing: BootId and the newest start event in one
 * command; only where Windows has neither, LastBootUpTime by wmic (which is slow, and not on every Windows). Of these only what one of
 * the markers in `against` has, too: nothing else could be compared with them.
 * Errors: those of a command; `host-output` when the host ended it half way.
 */
export const readBootMarker = async (
  session: ScriptSession,
  ask: AskLines = askAlone(session),
  against?: readonly BootMarker[],
): Promise<BootMarker> => {
  const isOf = (source: keyof BootMarker): boolean =>
    !against || against.some((marker) => (marker[source] ?? null) !== null);
  const sources = [
    ...(isOf('bootId') ? [`reg query "${PREFETCH}" /v BootId /reg:64 2>nul <nul`] : []),
    ...(isOf('bootEvent') ? [`wevtutil qe System "/q:${EVENTS}" /c:3 /rd:true /f:xml 2>nul <nul`] : []),
  ];
  const told = sources.length > 0 ? [...(await askedFor(session, sources, ask))] : [];
  const bootId = isOf('bootId') ? bootIdIn(told.shift() as Marked) : null;
  const events = told.shift();
  const bootEvent = events?.code === 0 ? bootEventIn(events.text) : null;
  if (bootId !== null || bootEvent !== null || !isOf('bootTime')) return { bootId, bootEvent, bootTime: null };
  const [time] = (await askedFor(session, ['wmic os get LastBootUpTime /value 2>nul <nul'], ask)) as [Marked];
  return { bootId, bootEvent, bootTime: time.code === 0 ? bootTimeIn(time.text) : null };
};
