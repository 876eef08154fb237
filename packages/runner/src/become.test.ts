import { describe, expect, test } from '@jest/globals';
import { becomeOf, type Login, refuseBecome, withoutBecome } from './become.js';

const windows: Login = { local: false, user: 'Admin' };
const here: Login = { local: true, user: 'root' };
const refused = (vars: Readonly<Record<string, string | boolean>>, login: Login): string => {
  try {
    refuseBecome('h', becomeOf(vars), login, undefined);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('become', () => {
  test('asks for nothing where the user is logged in', () => {
    const runas = { ansible_become: true, ansible_become_method: 'runas' };
    expect(refused({ ...runas, ansible_become_user: 'admin' }, windows)).toBe('');
    expect(refused({ ...runas, ansible_become_user: '.\\Admin' }, windows)).toBe('');
    expect(refused({ ansible_become: 'yes' }, here)).toBe('');
  });

  test('is refused for anybody else, and where nobody can say who is logged in', () => {
    const runas = { ansible_become: true, ansible_become_method: 'runas' };
    expect(refused({ ...runas, ansible_become_user: 'SYSTEM' }, windows)).toContain('become "SYSTEM", and "Admin" is');
    expect(refused({ ...runas, ansible_become_user: 'CORP\\Admin' }, windows)).toContain('"CORP\\Admin"');
    expect(refused(runas, windows)).toContain('a user who is not named');
    expect(refused({ ansible_become: true }, windows)).toContain('"root"');
    expect(refused({ ansible_become: true, ansible_become_user: 'web' }, here)).toContain('"web"');
    expect(refused({ ...runas, ansible_become_user: 'Admin' }, { local: false })).toContain('"Admin".');
  });

  test('that is not wanted says nothing', () => {
    expect(refused({ ansible_become: false, ansible_become_user: 'web' }, here)).toBe('');
    expect(refused({ ansible_become: 'no', ansible_become_user: 'web' }, here)).toBe('');
    expect(refused({ ansible_become_user: 'web' }, here)).toBe('');
  });

  test('makes no other connection', () => {
    expect(
      withoutBecome({ ansible_become: true, ansible_become_password: 'x', ansible_user: 'u', ansible_runas_user: 'y' }),
    ).toEqual({ ansible_user: 'u' });
  });
});
