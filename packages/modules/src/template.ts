import type { ActionContext, ActionModule, ActionResult, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { readSourceText } from './controller-source.js';
import { attributeFields, attributeParameters } from './file-attributes.js';
import { joinPath, lastName, makeFoldersFor } from './host-path.js';
import { notFoundHere } from './missing-file.js';
import { flag, text } from './parameter-values.js';
import { placeFile } from './place-file.js';
import { ENCODINGS, encodeText } from './text-encoding.js';

const params = z.strictObject({
  src: text,
  dest: text,
  backup: flag.default(false),
  force: flag.default(true),
  follow: flag.default(false),
  newline_sequence: z.enum(['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n']).default('\n'),
  trim_blocks: flag.default(true),
  lstrip_blocks: flag.default(false),
  variable_start_string: text.optional(),
  variable_end_string: text.optional(),
  block_start_string: text.optional(),
  block_end_string: text.optional(),
  comment_start_string: text.optional(),
  comment_end_string: text.optional(),
  output_encoding: z.enum(ENCODINGS).default('utf-8'),
  validate: text.optional(),
  ...attributeFields,
});
type Params = z.infer<typeof params>;

const NEWLINES: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\r\\n': '\r\n' };

const two = (number: number): string => String(number).padStart(2, '0');

// As Python prints a datetime, in local time.
const shownTime = (ms: number): string => {
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

/** The variables that only a template sees: where it comes from and where it goes. */
const aboutTemplate = async (
  { src, dest }: Params,
  path: string,
  context: ActionContext,
): Promise<Readonly<Record<string, unknown>>> => {
  const { files } = context.controller;
  const status = await files.status(path, true);
  return {
    template_host: (context.variable('inventory_hostname') ?? '') as string,
    template_path: src,
    template_fullpath: path,
    template_destpath: dest,
    template_mtime: shownTime((status?.mtime ?? 0) * 1000),
    template_uid: (await files.userName(status?.uid ?? 0)) ?? String(status?.uid ?? 0),
    template_run_date: shownTime(context.now()),
    ...(context.variable('ansible_managed') === undefined ? { ansible_managed: 'Ansible managed' } : {}),
  };
};

/** The file that a template comes to, in the wanted encoding. */
export const rendered = async (given: Params, path: string, context: ActionContext): Promise<Uint8Array> => {
  const source = await readSourceText(context.controller.files, path);
  const lines = source.replace(/\r\n|\r/g, '\n');
  const made = context.controller.render(lines, path, {
    ...(given.trim_blocks ? {} : { trimBlocks: false }),
    ...(given.lstrip_blocks ? { lstripBlocks: true } : {}),
    ...optional('variableStart', given.variable_start_string),
    ...optional('variableEnd', given.variable_end_string),
    ...optional('blockStart', given.block_start_string),
    ...optional('blockEnd', given.block_end_string),
    ...optional('commentStart', given.comment_start_string),
    ...optional('commentEnd', given.comment_end_string),
    variables: await aboutTemplate(given, path, context),
  });
  const newline = NEWLINES[given.newline_sequence] ?? given.newline_sequence;
  return encodeText(newline === '\n' ? made : made.replaceAll('\n', newline), given.output_encoding);
};

const optional = <K extends string>(name: K, value: string | undefined): { readonly [key in K]?: string } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [key in K]: string });

const run = async (given: Params, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const path = context.findFile('templates', given.src);
  if (path === undefined)
    return { failed: true, msg: notFoundHere(given.src, context.searched('templates', given.src)) };
  const { files } = host;
  const expanded = await files.expand(given.dest);
  const folder = (await files.status(expanded, true))?.kind === 'directory';
  const dest = folder || /[\\/]$/.test(expanded) ? joinPath(expanded, lastName(given.src)) : expanded;
  const bytes = await rendered(given, path, context);
  if (dest !== expanded && !folder && !context.checkMode) await makeFoldersFor(files, dest);
  if (!given.force && (await files.status(dest, true))) return { changed: false, values: { dest, src: path } };
  const sourceMode = (await context.controller.files.status(path, true))?.mode ?? 0o644;
  const { backup, validate } = given;
  return placeFile({ bytes, dest, source: path, attributes: given, sourceMode, backup, validate }, host, context);
};

/** A template from the controller, filled in and put on the host. */
export const template: ActionModule<Params> = {
  kind: 'action',
  name: 'template',
  aliases: ['ansible.builtin.template'],
  summary: 'Fills in a template and puts it on the host',
  params,
  parameters: {
    src: { description: 'The template: looked for in `templates/` of the role or playbook', required: true },
    dest: { description: 'Where on the host', required: true },
    backup: { description: 'Keep what was there under another name', default: false },
    force: { description: 'Replace a file that differs', default: true },
    follow: { description: 'Accepted: a link at the destination is always followed', default: false },
    newline_sequence: { description: 'How lines end', default: '\n', choices: ['\n', '\r', '\r\n'] },
    trim_blocks: { description: 'The line break after a block goes', default: true },
    lstrip_blocks: { description: 'Blanks before a block that stands first on its line go', default: false },
    variable_start_string: { description: 'What opens an expression' },
    variable_end_string: { description: 'What closes it' },
    block_start_string: { description: 'What opens a block' },
    block_end_string: { description: 'What closes it' },
    comment_start_string: { description: 'What opens a comment' },
    comment_end_string: { description: 'What closes it' },
    output_encoding: { description: 'The encoding of the file', default: 'utf-8', choices: [...ENCODINGS] },
    validate: { description: 'A command (with `%s`) that must accept the file first' },
    ...attributeParameters,
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  run,
};
