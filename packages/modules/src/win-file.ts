import { type ActionModule, type ActionResult, type HostWriter, RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { makeFoldersFor } from './host-path.js';
import { text } from './parameter-values.js';

const STATES = ['absent', 'directory', 'file', 'touch'] as const;

const params = z.strictObject({ path: text, state: z.enum(STATES).optional() });

/**
 * `copy /b FILE+,,` (`/y`: without asking) sets the time of a file and leaves its contents alone (copy /? of cmd.exe). With an input of its own the command
 * is sent on the command line, which takes letters beyond ASCII.
 */
const touch = async (path: string, host: HostWriter): Promise<void> => {
  const plain = /^[\x20-\x7e]*$/.test(path);
  const { rc, stderr } = await host.run(`copy /y /b "${path}"+,, "${path}"`, plain ? {} : { stdin: '' });
  if (rc !== 0)
    throw new RatchetError('task-failed', `${path} cannot be touched: copy ended with ${rc}. ${stderr.trim()}`);
};

const failed = (msg: string): ActionResult => ({ failed: true, msg });

/** Files and folders of a Windows host: there, gone, or touched. */
export const winFile: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'win_file',
  aliases: ['ansible.windows.win_file'],
  summary: 'Makes, touches or removes files and folders of a Windows host',
  params,
  parameters: {
    path: { description: 'The path', required: true, aliases: ['dest', 'name'] },
    state: { description: 'What is to be there; what is there already unless told', choices: [...STATES] },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: ({ state }) => state !== 'touch',
  async run(given, host, context) {
    const { files } = host;
    const path = await files.expand(given.path);
    const found = await files.status(path, false);
    const state = given.state ?? (found?.kind === 'directory' ? 'directory' : 'file');
    const act = async (work: () => Promise<unknown>): Promise<ActionResult> => {
      if (!context.checkMode) await work();
      return { changed: true };
    };
    if (state === 'absent') return found ? act(() => files.remove(path, found)) : { changed: false };
    if (state === 'touch') {
      if (found?.kind === 'directory') return failed(`path ${path} is a folder, whose time cmd.exe cannot set`);
      return act(() => (found ? touch(path, host) : files.create(path, 0o666)));
    }
    if (state === 'directory') {
      if (found && found.kind !== 'directory') return failed(`path ${path} is not a directory`);
      return found
        ? { changed: false }
        : act(async () => {
            await makeFoldersFor(files, path);
            await files.makeFolder(path);
          });
    }
    if (!found) return failed(`path ${path} will not be created`);
    return found.kind === 'directory' ? failed(`path ${path} is not a file`) : { changed: false };
  },
};
