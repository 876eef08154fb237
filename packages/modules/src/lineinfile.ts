import type { ActionContext, ActionModule, ActionResult, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { attributeFields, attributeParameters } from './file-attributes.js';
import { fileText } from './file-text.js';
import { editedLines, type LineWish } from './line-edit.js';
import { flag, text } from './parameter-values.js';
import { pythonPattern } from './python-pattern.js';
import { rewriteFile } from './rewrite-file.js';

const params = z
  .strictObject({
    path: text,
    state: z.enum(['present', 'absent']).default('present'),
    regexp: text.optional(),
    search_string: text.optional(),
    line: text.optional(),
    insertafter: text.optional(),
    insertbefore: text.optional(),
    backrefs: flag.default(false),
    create: flag.default(false),
    backup: flag.default(false),
    firstmatch: flag.default(false),
    validate: text.optional(),
    ...attributeFields,
  })
  .refine(({ state, line }) => state === 'absent' || line !== undefined, {
    path: ['line'],
    message: 'line is required with state=present',
  })
  .refine(({ insertafter, insertbefore }) => insertafter === undefined || insertbefore === undefined, {
    message: 'insertbefore and insertafter are mutually exclusive',
  })
  .refine(({ regexp, search_string }) => regexp === undefined || search_string === undefined, {
    message: 'regexp and search_string are mutually exclusive',
  })
  .refine(({ backrefs, regexp }) => !backrefs || regexp !== undefined, {
    path: ['backrefs'],
    message: 'regexp is required with backrefs=true',
  })
  .refine(
    ({ state, line, regexp, search_string }) => state === 'present' || (line ?? regexp ?? search_string) !== undefined,
    {
      message: 'one of line, search_string, or regexp is required with state=absent',
    },
  );
type Params = z.infer<typeof params>;

const wishOf = (given: Params, written: (text: string) => string): LineWish => {
  const optional = (text: string | undefined): string | undefined => (text === undefined ? undefined : written(text));
  return {
    state: given.state,
    line: optional(given.line),
    matches: given.regexp === undefined ? optional(given.search_string) : pythonPattern(written(given.regexp), ''),
    insertAfter: optional(given.insertafter),
    insertBefore: optional(given.insertbefore),
    backrefs: given.backrefs,
    firstMatch: given.firstmatch,
  };
};

const run = async (given: Params, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const { files } = host;
  const path = await files.expand(given.path);
  const found = await files.status(path, true);
  if (found?.kind === 'directory') return { failed: true, msg: `Path ${path} is a directory !`, values: { rc: 256 } };
  if (!found && given.state === 'absent') return { msg: 'file not present', values: {} };
  if (!found && !given.create)
    return { failed: true, msg: `Destination ${path} does not exist !`, values: { rc: 257 } };
  const content = fileText(found ? await files.read(path) : new Uint8Array());
  const before = found ? content.text : null;
  const end = editedLines(content.text, wishOf(given, content.written));
  const more = given.state === 'absent' ? { found: end.found } : {};
  return rewriteFile({ ...given, path, content, before, after: end.text, message: end.message, more }, host, context);
};

/** One line of a text file. */
export const lineinfile: ActionModule<Params> = {
  kind: 'action',
  name: 'lineinfile',
  aliases: ['ansible.builtin.lineinfile'],
  summary: 'Keeps one line of a text file as it is wanted, or takes lines out',
  params,
  parameters: {
    path: { description: 'The file', required: true, aliases: ['dest', 'destfile', 'name'] },
    state: { description: 'Whether the line shall be there', choices: ['present', 'absent'], default: 'present' },
    regexp: { description: 'The line to replace (the last that matches) or take out (all)', aliases: ['regex'] },
    search_string: { description: 'The same, as a text that the line holds' },
    line: { description: 'The line', aliases: ['value'] },
    insertafter: { description: 'Where a new line goes: after the last line that matches, or EOF' },
    insertbefore: { description: 'Where a new line goes: before the last line that matches, or BOF' },
    backrefs: {
      description: 'Fill groups of the regular expression into the line; no match changes nothing',
      default: false,
    },
    create: { description: 'Make the file when it is missing', default: false },
    backup: { description: 'Keep what was there under another name', default: false },
    firstmatch: { description: 'insertafter and insertbefore take the first match', default: false },
    validate: { description: 'A command (with `%s`) that must accept the file first' },
    ...attributeParameters,
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  run,
};
