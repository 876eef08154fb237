import { describe, expect, test } from '@jest/globals';
import type { BootMarker, Connection, ExecOptions } from '@ratchet/core';
import { bootEventIn, bootTimeIn, readBootMarker } from './boot-marker.js';
import { ScriptSession } from './script-session.js';

const event = (provider: string, id: string, record: number): string =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}'/>` +
  `<EventID Qualifiers='32768'>${id}</EventID><EventRecordID>${record}</EventRecordID></System></Event>`;

describe('the start event', () => {
  test('is the newest 6005, whatever stands before it', () => {
    const xml = [event('EventLog', '6005', 812), event('EventLog', '6009', 811), event('EventLog', '6005', 90)].join(
      '\r\n',
    );
    expect(bootEventIn(xml)).toBe('6005/812');
  });
  test('is another one where 6005 is missing, and none in anything else', () => {
    expect(bootEventIn(event('Microsoft-Windows-Kernel-General', '12', 7))).toBe('12/7');
    expect(bootEventIn('')).toBeNull();
    expect(bootEventIn('Das System kann die angegebene Datei nicht finden.')).toBeNull();
  });
});

describe('LastBootUpTime', () => {
  test('is a FILETIME in UTC', () => {
    expect(bootTimeIn('\r\r\nLastBootUpTime=20240115103015.500000+060\r\r\n')).toBe('133497846155000000');
    expect(bootTimeIn('LastBootUpTime=20240115093015.500000+000')).toBe('133497846155000000');
  });
  test('is null where wmic says something else', () => {
    expect(bootTimeIn("'wmic' is not recognized as an internal or external command")).toBeNull();
  });
});

/** A host whose lines, known by a word of theirs, print something; the others fail. `lines` cuts the scripts off. */
const answering = (answers: Readonly<Record<string, string>>, lines?: number) => {
  const scripts: string[] = [];
  const exec = async (_command: string, options: ExecOptions = {}) => {
    const script = String(options.stdin);
    scripts.push(script);
    let stdout = '';
    let level = 0;
    for (const line of script.split('\r\n').slice(0, lines)) {
      if (line.startsWith('echo ')) stdout += `${line.slice(5).replace('%errorlevel%', String(level))}\r\n`;
      else {
        const [, answer] = Object.entries(answers).find(([word]) => line.includes(word)) ?? [];
        level = answer === undefined ? 1 : 0;
        stdout += answer ?? '';
      }
    }
    return { code: 0, stdout: Buffer.from(stdout, 'latin1'), stderr: new Uint8Array() };
  };
  return { session: new ScriptSession({ host: 'win1', exec } as unknown as Connection), scripts };
};

const BOOT_ID = '\r\nHKEY_LOCAL_MACHINE\\X\r\n    BootId    REG_DWORD    0x2a\r\n\r\n';
const WMIC = '\r\r\nLastBootUpTime=20240115103015.500000+060\r\r\n';

describe('the marker', () => {
  test('is BootId and start event, in one command', async () => {
    const { session, scripts } = answering({
      'reg query': BOOT_ID,
      wevtutil: event('EventLog', '6005', 5),
      wmic: WMIC,
    });
    expect(await readBootMarker(session)).toEqual({ bootId: 42, bootEvent: '6005/5', bootTime: null });
    expect(scripts).toHaveLength(1);
  });
  test('goes without either of them', async () => {
    expect(await readBootMarker(answering({ 'reg query': BOOT_ID }).session)).toMatchObject({
      bootId: 42,
      bootEvent: null,
    });
    const log = answering({ wevtutil: event('EventLog', '6005', 5) });
    expect(await readBootMarker(log.session)).toMatchObject({ bootId: null, bootEvent: '6005/5' });
  });
  test('is the start time where there is nothing else (C31: and nothing where there is no wmic)', async () => {
    expect(await readBootMarker(answering({ wmic: WMIC }).session)).toEqual({
      bootId: null,
      bootEvent: null,
      bootTime: '133497846155000000',
    });
    expect(await readBootMarker(answering({}).session)).toEqual({ bootId: null, bootEvent: null, bootTime: null });
  });
  test('that is to be compared with others is of the sources that they have', async () => {
    const all = { 'reg query': BOOT_ID, wevtutil: event('EventLog', '6005', 5), wmic: WMIC };
    const against = async (...markers: readonly Partial<BootMarker>[]) => {
      const { session, scripts } = answering(all);
      const known = markers.map((marker) => ({ bootId: null, bootTime: null, ...marker }));
      const marker = await readBootMarker(session, undefined, known);
      return [marker.bootId, marker.bootEvent, marker.bootTime, scripts.length];
    };
    expect(await against({ bootId: 1 })).toEqual([42, null, null, 1]);
    expect(await against({ bootEvent: '6005/1' })).toEqual([null, '6005/5', null, 1]);
    expect(await against({ bootId: 1 }, { bootEvent: '6005/1' })).toEqual([42, '6005/5', null, 1]);
    expect(await against({ bootTime: '1' })).toEqual([null, null, '133497846155000000', 1]);
    expect(await against({})).toEqual([null, null, null, 0]);
  });
  test('is not told absent by a host that ends the script half way', async () => {
    await expect(readBootMarker(answering({ 'reg query': BOOT_ID }, 3).session)).rejects.toMatchObject({
      code: 'host-output',
    });
  });
});
