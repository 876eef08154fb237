import type { FileStatus, HostFiles } from '@ratchet/core';
import { showMode } from './file-mode.js';

type Facts = Readonly<Record<string, unknown>>;

const permissionFacts = (mode: number): Facts => {
  const has = (bit: number): boolean => (mode & bit) !== 0;
  return {
    wusr: has(0o200),
    rusr: has(0o400),
    xusr: has(0o100),
    wgrp: has(0o020),
    rgrp: has(0o040),
    xgrp: has(0o010),
    woth: has(0o002),
    roth: has(0o004),
    xoth: has(0o001),
    isuid: has(0o4000),
    isgid: has(0o2000),
  };
};

const kindFacts = ({ kind }: FileStatus): Facts => ({
  isdir: kind === 'directory',
  ischr: kind === 'character',
  isblk: kind === 'block',
  isreg: kind === 'file',
  isfifo: kind === 'fifo',
  islnk: kind === 'link',
  issock: kind === 'socket',
});

const numberFacts = (found: FileStatus): Facts => ({
  mode: showMode(found.mode),
  uid: found.uid,
  gid: found.gid,
  size: found.size,
  inode: found.inode,
  dev: found.device,
  nlink: found.links,
  atime: found.atime,
  mtime: found.mtime,
  ctime: found.ctime,
  block_size: found.blockSize,
  blocks: found.blocks,
  device_type: 0,
});

/** The names of owner and group, where they have any. */
export const nameFacts = async (files: HostFiles, found: FileStatus): Promise<Facts> => {
  const [user, group] = await Promise.all([files.userName(found.uid), files.groupName(found.gid)]);
  return { ...(user === undefined ? {} : { pw_name: user }), ...(group === undefined ? {} : { gr_name: group }) };
};

/** What is told of every path: kind, numbers, permissions. */
export const plainFacts = (found: FileStatus): Facts => ({
  ...kindFacts(found),
  ...numberFacts(found),
  ...permissionFacts(found.mode),
});

const FIND_KEEPS_NOT = ['blocks', 'block_size', 'device_type'];

/** The facts that `find` gives of a path. */
export const statFacts = async (files: HostFiles, found: FileStatus): Promise<Facts> => {
  const all = { ...plainFacts(found), ...(await nameFacts(files, found)) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !FIND_KEEPS_NOT.includes(name)));
};
