import type { ActionContext, ActionResult, FileStatus, HostFiles } from '@ratchet/core';
import { z } from 'zod';
import { attributeFields, pathInfo } from './file-attributes.js';
import { flag, text } from './parameter-values.js';

/** What `state` may be. */
export const STATES = ['absent', 'directory', 'file', 'hard', 'link', 'touch'] as const;

/** The parameters, as their schema. */
export const fileParams = z
  .strictObject({
    path: text,
    state: z.enum(STATES).optional(),
    src: text.optional(),
    recurse: flag.default(false),
    force: flag.default(false),
    follow: flag.default(true),
    modification_time: text.optional(),
    modification_time_format: text.default('%Y%m%d%H%M.%S'),
    access_time: text.optional(),
    access_time_format: text.default('%Y%m%d%H%M.%S'),
    ...attributeFields,
  })
  .refine(({ recurse, state }) => !recurse || state === undefined || state === 'directory', {
    path: ['recurse'],
    message: 'recurse option requires state to be "directory"',
  })
  .refine(({ src, state }) => src === undefined || state === 'link' || state === 'hard', {
    path: ['src'],
    message: 'src option requires state to be "link" or "hard"',
  })
  .refine(({ src, state }) => state !== 'hard' || src !== undefined, {
    path: ['src'],
    message: 'src is required for creating new hardlinks',
  });

/** The parameters of a task of `file`. */
export type FileParams = z.infer<typeof fileParams>;

/** What one state is made with. */
export interface FileWork {
  readonly given: FileParams;
  readonly path: string;
  readonly found: FileStatus | null;
  readonly files: HostFiles;
  readonly context: ActionContext;
}

/** How Ansible calls what is at a path. */
export const stateName = (found: FileStatus | null): string => {
  if (found === null) return 'absent';
  if (found.kind === 'link' || found.kind === 'directory') return found.kind;
  return found.links > 1 ? 'hard' : 'file';
};

/** A failed result with what is known of the path. */
export const refusal = async ({ files, path }: FileWork, msg: string, more: object = {}): Promise<ActionResult> => ({
  failed: true,
  msg,
  values: { path, ...(await pathInfo(files, path)), ...more },
});
