import { expect, test } from '@jest/globals';
import { CensusBuilder } from './builder.js';
import { ChangingCensus } from './changing-census.js';

const census = () => {
  const builder = new CensusBuilder();
  const position = { file: { path: 'hosts', text: 'one' }, offset: 0 };
  builder.addHosts('one', 'web', new Map(), 'hosts', position);
  return new ChangingCensus(builder.finish());
};

test('a host that joins is ungrouped until it is in a group', () => {
  const changing = census();
  expect(changing.addHost('two', new Map([['v', 1]]), 'add_host')).toBe(true);
  expect(changing.groups.get('ungrouped')?.hosts).toEqual(['two']);
  expect(changing.addGroup('fresh', ['all'])).toBe(true);
  expect(changing.join('two', 'fresh')).toBe(true);
  expect(changing.groups.get('ungrouped')?.hosts).toEqual([]);
  expect(changing.hosts.get('two')).toMatchObject({ groups: ['all', 'fresh'], vars: new Map([['v', 1]]) });
});

test('what is there already changes nothing', () => {
  const changing = census();
  expect(changing.join('one', 'web')).toBe(false);
  expect(changing.addGroup('web', ['all'])).toBe(false);
  expect(changing.addHost('one', new Map(), 'add_host')).toBe(false);
  expect(changing.join('nobody', 'web')).toBe(false);
});

test('parents are made, and a group below another is deeper', () => {
  const changing = census();
  expect(changing.addGroup('child', ['mother'])).toBe(true);
  expect(changing.groups.get('mother')).toMatchObject({ children: ['child'], parents: ['all'], depth: 1 });
  expect(changing.groups.get('child')?.depth).toBe(2);
});

test('sources read again keep what joined', () => {
  const changing = census();
  changing.addHost('two', new Map(), 'add_host');
  changing.addGroup('fresh', ['all']);
  changing.join('two', 'fresh');
  changing.replace(census());
  expect([...changing.hosts.keys()]).toEqual(['one', 'two']);
  expect(changing.groups.get('fresh')?.hosts).toEqual(['two']);
});
