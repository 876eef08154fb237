import type { Module, ModuleCatalogue, ParameterInfo, Plain } from '@ratchet/core';

const shown = (value: Plain): string =>
  `\`${typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value)}\``;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const aliasText = ({ aliases = [] }: ParameterInfo): string =>
  aliases.length === 0 ? '' : ` (also ${aliases.map((alias) => `\`${alias}\``).join(', ')})`;

const parameterRow = (name: string, info: ParameterInfo): string => {
  const label = name.startsWith('_') ? 'free text' : `\`${name}\``;
  const standard = info.required === true ? 'required' : info.default === undefined ? '' : shown(info.default);
  const choices = (info.choices ?? []).map(shown).join(', ');
  return `| ${label}${aliasText(info)} | ${standard} | ${cell(info.description)}${choices === '' ? '' : `; one of ${cell(choices)}`} |`;
};

const traits = (module: Module): string => {
  const checks =
    module.kind === 'resource' || module.checkMode === 'runs'
      ? 'In check mode it tells what it would do.'
      : 'It does not run in check mode.';
  const where = module.kind === 'action' && !module.needsHost ? ' It runs on the controller.' : '';
  return checks + where;
};

const section = (module: Module): string => {
  const aliases = (module.aliases ?? []).map((alias) => `\`${alias}\``).join(', ');
  const rows = Object.entries(module.parameters).map(([name, info]) => parameterRow(name, info));
  const table =
    rows.length === 0
      ? 'No parameters.'
      : ['| parameter | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  const open = module.openParameters === true ? '\n\nAny other name is a variable.' : '';
  return [
    `## ${module.name}`,
    `${module.summary}. ${traits(module)}`,
    ...(aliases === '' ? [] : [`Also answers to ${aliases}.`]),
    table + open,
  ].join('\n\n');
};

/** The reference of every module as Markdown, in the order of their names. */
export const moduleReference = (catalogue: ModuleCatalogue): string => {
  const modules = new Set(catalogue.names().flatMap((name) => catalogue.find(name) ?? []));
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
  const head = [
    '# Modules',
    'Generated from the modules’ own schemas by `npm run docs:modules`; a test fails when it is stale.',
    'Every name is also understood with `ansible.builtin.`, `ansible.legacy.`, `ansible.windows.` or `community.windows.` in front.',
    sorted.map(({ name }) => `[${name}](#${name})`).join(' · '),
  ];
  return `${[...head, ...sorted.map(section)].join('\n\n')}\n`;
};
