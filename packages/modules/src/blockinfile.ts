import type { ActionContext, ActionModule, ActionResult, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { attributeFields, attributeParameters } from './file-attributes.js';
import { type FileText, fileText } from './file-text.js';
import { flag, text } from './parameter-values.js';
import { pythonPattern } from './python-pattern.js';
import { rewriteFile } from './rewrite-file.js';

const params = z
  .strictObject({
    path: text,
    state: z.enum(['present', 'absent']).default('present'),
    block: text.default(''),
    marker: text.default('# {mark} ANSIBLE MANAGED BLOCK'),
    marker_begin: text.default('BEGIN'),
    marker_end: text.default('END'),
    insertafter: text.optional(),
    insertbefore: text.optional(),
    create: flag.default(false),
    backup: flag.default(false),
    validate: text.optional(),
    ...attributeFields,
  })
  .refine(({ insertafter, insertbefore }) => insertafter === undefined || insertbefore === undefined, {
    message: 'insertbefore and insertafter are mutually exclusive',
  });
type Params = z.infer<typeof params>;

const linesOf = (content: string): string[] => content.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const bare = (line: string): string => line.replace(/\r?\n$/, '');

const placeFor = (lines: readonly string[], { insertafter, insertbefore }: Params): number => {
  if (insertbefore === 'BOF') return 0;
  const wanted = insertbefore ?? (insertafter === 'EOF' ? undefined : insertafter);
  if (wanted === undefined) return lines.length;
  const pattern = pythonPattern(wanted, '');
  const at = lines.map((line) => pattern.test(bare(line))).lastIndexOf(true);
  if (at === -1) return lines.length;
  return insertbefore === undefined ? at + 1 : at;
};

/** The text with the block between its marks as it is wanted, or without it, and what was done. */
export const withBlock = (content: string, given: Params): { readonly text: string; readonly message: string } => {
  const begin = given.marker.replaceAll('{mark}', given.marker_begin);
  const end = given.marker.replaceAll('{mark}', given.marker_end);
  const block = given.state === 'absent' ? '' : given.block.replace(/\n?$/, given.block === '' ? '' : '\n');
  const wanted = block === '' ? [] : [`${begin}\n`, ...linesOf(block), `${end}\n`];
  const lines = linesOf(content);
  const from = lines.findLastIndex((line) => bare(line) === begin);
  const to = lines.findLastIndex((line) => bare(line) === end);
  const there = from !== -1 && to !== -1;
  if (there) {
    const [first, last] = from < to ? [from, to] : [to, from];
    const kept = [...lines.slice(0, first), ...wanted, ...lines.slice(last + 1)];
    return { text: kept.join(''), message: wanted.length === 0 ? 'Block removed' : 'Block inserted' };
  }
  if (wanted.length === 0) return { text: content, message: '' };
  const at = placeFor(lines, given);
  const before = lines.slice(0, at);
  const last = before.at(-1);
  if (last !== undefined && !last.endsWith('\n')) before[before.length - 1] = `${last}\n`;
  return { text: [...before, ...wanted, ...lines.slice(at)].join(''), message: 'Block inserted' };
};

/** The task's texts as they stand in the file. */
const writtenIn = ({ written }: FileText, given: Params): Params => ({
  ...given,
  block: written(given.block),
  marker: written(given.marker),
  marker_begin: written(given.marker_begin),
  marker_end: written(given.marker_end),
  ...(given.insertafter === undefined ? {} : { insertafter: written(given.insertafter) }),
  ...(given.insertbefore === undefined ? {} : { insertbefore: written(given.insertbefore) }),
});

const run = async (given: Params, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const { files } = host;
  const path = await files.expand(given.path);
  const found = await files.status(path, true);
  if (found?.kind === 'directory') return { failed: true, msg: `Path ${path} is a directory !`, values: { rc: 256 } };
  if (!found && (given.state === 'absent' || given.block === '')) return { msg: `File ${path} not present` };
  if (!found && !given.create) return { failed: true, msg: `Path ${path} does not exist !`, values: { rc: 257 } };
  const content = fileText(found ? await files.read(path) : new Uint8Array());
  const before = found ? content.text : null;
  const { text: after, message } = withBlock(content.text, writtenIn(content, given));
  const created = before === null ? 'File created' : message;
  return rewriteFile({ ...given, path, content, before, after, message: created, more: {} }, host, context);
};

/** A block of lines of a text file, between two marks. */
export const blockinfile: ActionModule<Params> = {
  kind: 'action',
  name: 'blockinfile',
  aliases: ['ansible.builtin.blockinfile'],
  summary: 'Keeps a block of lines of a text file, between two marks, as it is wanted',
  params,
  parameters: {
    path: { description: 'The file', required: true, aliases: ['dest', 'destfile', 'name'] },
    state: { description: 'Whether the block shall be there', choices: ['present', 'absent'], default: 'present' },
    block: { description: 'The lines; none takes the block out', default: '', aliases: ['content'] },
    marker: {
      description: 'The lines around it; `{mark}` becomes BEGIN and END',
      default: '# {mark} ANSIBLE MANAGED BLOCK',
    },
    marker_begin: { description: 'What `{mark}` becomes above', default: 'BEGIN' },
    marker_end: { description: 'What `{mark}` becomes below', default: 'END' },
    insertafter: { description: 'Where a new block goes: after the last line that matches, or EOF' },
    insertbefore: { description: 'Where a new block goes: before the last line that matches, or BOF' },
    create: { description: 'Make the file when it is missing', default: false },
    backup: { description: 'Keep what was there under another name', default: false },
    validate: { description: 'A command (with `%s`) that must accept the file first' },
    ...attributeParameters,
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  run,
};
