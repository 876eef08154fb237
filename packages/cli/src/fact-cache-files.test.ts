import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { factCacheFiles } from './fact-cache-files.js';
import { newRunFolder, type RunFolder } from './test-run.js';

const DAY = 86_400;

describe('files of facts', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratchet-facts-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const cacheAt = (now: number, seconds = DAY) =>
    factCacheFiles(
      { folder: join(folder, 'cache'), prefix: 'p_', seconds: seconds === 0 ? undefined : seconds },
      () => now,
    );

  test('are for their owner alone, and gone where there are no facts', async () => {
    const cache = cacheAt(Date.now());
    expect(cache.read('web1')).toBeUndefined();
    await cache.write('web1', { ansible_a: 1 });
    const path = join(folder, 'cache', 'p_web1');
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ansible_a: 1 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'cache'))).mode & 0o777).toBe(0o700);
    expect(cacheAt(Date.now()).read('web1')).toEqual({ ansible_a: 1 });
    await cache.write('web1', {});
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  test('count while they are young, and never out of the folder', async () => {
    await mkdir(join(folder, 'cache'));
    await writeFile(join(folder, 'cache', 'p_old'), '{"a": 1}');
    await utimes(join(folder, 'cache', 'p_old'), 1000, 1000);
    expect(cacheAt(1000_000 + DAY * 1000).read('old')).toEqual({ a: 1 });
    expect(cacheAt(1001_000 + DAY * 1000).read('old')).toBeUndefined();
    expect(cacheAt(Date.now(), 0).read('old')).toEqual({ a: 1 });
    await writeFile(join(folder, 'cache', 'p_bad'), '{"a":');
    expect(cacheAt(Date.now()).read('bad')).toBeUndefined();
    await cacheAt(Date.now()).write('../out', { a: 1 });
    expect(cacheAt(Date.now()).read('x/../old')).toBeUndefined();
    expect(await readdir(folder)).toEqual(['cache']);
  });
});

describe('ratchet run with a fact cache', () => {
  let folder: RunFolder;
  beforeEach(async () => {
    folder = await newRunFolder();
    await folder.write('ansible.cfg', '[defaults]\nfact_caching = jsonfile\nfact_caching_connection = facts\n');
    await folder.write(
      'hosts',
      'one ansible_connection=local\ntwo ansible_connection=local ansible_password=hunter22\n',
    );
  });
  afterEach(() => folder.remove());
  const hosts = (): string => join(folder.path, 'hosts');
  const messages = async (tasks: string, ...flags: string[]) => {
    const play = await folder.write('play.yml', `- hosts: one\n  gather_facts: false\n  tasks:\n${tasks}`);
    const { code, out, err } = await folder.run([play, '-i', hosts(), ...flags]);
    return { code, err, messages: [...out.matchAll(/"msg": "(.*)"/g)].map((found) => found[1]) };
  };

  test('cacheable facts stand in the next run as data, also in hostvars; --flush-cache forgets them', async () => {
    await messages(
      `  - set_fact: {a: kept, cacheable: true}\n  - set_fact: {b: lost}\n  - set_fact: {c: "{{ hostvars.two.ansible_password }}", cacheable: true}\n  - set_fact: {d: !unsafe "{{ b }}", cacheable: true}\n`,
    );
    expect(Object.keys(JSON.parse(await readFile(join(folder.path, 'facts', 'one'), 'utf8')))).toEqual(['a', 'd']);
    const look = `  - debug: {msg: "{{ a | default('none') }} {{ b | default('none') }} {{ d | default('none') }} {{ ansible_facts.a | default('none') }}"}\n`;
    expect((await messages(look)).messages).toEqual(['kept none {{ b }} kept']);
    const other = await folder.write(
      'other.yml',
      '- hosts: two\n  gather_facts: false\n  tasks:\n  - debug: {msg: "{{ hostvars.one.a }}"}\n',
    );
    expect((await folder.run([other, '-i', hosts()])).out).toContain('"msg": "kept"');
    expect((await messages(look, '--flush-cache')).messages).toEqual(['none none none none']);
    expect(await readdir(join(folder.path, 'facts'))).toEqual([]);
  });

  test('smart gathering asks no host again; clear_facts clears the file', async () => {
    await folder.write(
      'ansible.cfg',
      '[defaults]\ngathering = smart\nfact_caching = jsonfile\nfact_caching_connection = facts\n',
    );
    const look = '  - debug: {msg: "{{ ansible_system }}"}\n';
    const first = await folder.write('play.yml', `- hosts: one\n  gather_subset: [min]\n  tasks:\n${look}`);
    expect((await folder.run([first, '-i', hosts()])).out).toContain('TASK [Gathering Facts]');
    const { out } = await folder.run([first, '-i', hosts()]);
    expect(out).not.toContain('Gathering Facts');
    expect(out).toContain('"msg": "Linux"');
    await messages('  - meta: clear_facts\n');
    expect(await readdir(join(folder.path, 'facts'))).toEqual([]);
  });

  test('a plugin that there is not is told, and a folder that is missing refused', async () => {
    await folder.write('ansible.cfg', '[defaults]\nfact_caching = redis\n');
    expect((await messages('  - debug: {msg: x}\n')).err).toContain('fact_caching = redis is not known here');
    await folder.write('ansible.cfg', '[defaults]\nfact_caching = jsonfile\n');
    const refused = await messages('  - debug: {msg: x}\n');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('set fact_caching_connection')]);
  });
});
