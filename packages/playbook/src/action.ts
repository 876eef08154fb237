import { didYouMean, type Module, type Position, Template } from '@ratchet/core';
import { type Node, nodeToValue } from '@ratchet/source';
import type { Field, Fields } from './fields.js';
import { splitWords } from './free-form.js';
import { ANSIBLE_MODULES, BUILTIN_ACTIONS, LOOPS, REFUSED, SUPPORTED, shortName } from './keywords.js';
import type { Session } from './session.js';
import { checkValue } from './template-check.js';

/** The action of a task as found among its keys. */
export type FoundAction =
  | {
      readonly kind: 'module';
      readonly module: Module;
      readonly name: string;
      readonly node: Node;
      readonly position: Position;
    }
  | {
      readonly kind: 'builtin';
      readonly name: (typeof BUILTIN_ACTIONS)[number];
      readonly node: Node;
      readonly position: Position;
    }
  /** The name is a template. */
  | {
      readonly kind: 'late';
      readonly name: string;
      readonly module: Template;
      readonly node: Node;
      readonly position: Position;
    }
  | { readonly kind: 'unreachable'; readonly name: string; readonly node: Node; readonly position: Position };

type Level = 'task' | 'handler';

const isBuiltin = (name: string): name is (typeof BUILTIN_ACTIONS)[number] =>
  (BUILTIN_ACTIONS as readonly string[]).includes(name);

const isKeyword = (name: string, level: Level): boolean =>
  SUPPORTED[level].includes(name) || REFUSED.has(name) || name.startsWith('with_');

const resolveAction = (field: Field, session: Session): FoundAction | undefined => {
  const { name, node, position } = field;
  const short = shortName(name);
  if (isBuiltin(short)) return { kind: 'builtin', name: short, node, position };
  const module = session.options.catalogue.find(name) ?? session.options.catalogue.find(short);
  return module && { kind: 'module', module, name, node, position };
};

const isAction = (field: Field, session: Session): boolean =>
  resolveAction(field, session) !== undefined || ANSIBLE_MODULES.has(shortName(field.name)) || field.name.includes('.');

// `action: debug msg=x` and `action: {module: debug, msg: x}` as if written the usual way.
const fromActionKeyword = (field: Field): Field | undefined => {
  const { node } = field;
  if (node.kind === 'map') {
    const module = node.entries.find(({ key }) => key.kind === 'scalar' && key.value === 'module')?.value;
    if (module?.kind !== 'scalar' || typeof module.value !== 'string') return undefined;
    const entries = node.entries.filter(({ key }) => key.kind !== 'scalar' || key.value !== 'module');
    return { name: module.value, position: module.position, node: { ...node, entries } };
  }
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const [first] = splitWords(text);
  if (!first) return undefined;
  const rest = text.slice(first.offset + first.word.length).trimStart();
  const position = { file: node.position.file, offset: node.position.offset + text.length - rest.length };
  return { name: first.word, position: node.position, node: { kind: 'scalar', value: rest, position } };
};

/** Reports an action that is none, with the nearest name. */
const reportUnknownAction = (field: Field, level: Level, session: Session): void => {
  const { name, position } = field;
  const { findings } = session;
  if (ANSIBLE_MODULES.has(shortName(name))) {
    findings.report('module-unknown', `The module "${name}" is not supported by Ratchet yet.`, position);
    return;
  }
  const modules = [...session.options.catalogue.names(), ...BUILTIN_ACTIONS];
  const hint = didYouMean(name, modules) ?? didYouMean(name, SUPPORTED[level]);
  findings.report('module-unknown', `There is no module "${name}".`, position, hint);
};

// What no run comes to may be anything; else it is reported.
const unknownAction = (field: Field, level: Level, session: Session, reachable: boolean): FoundAction | undefined => {
  if (!reachable) return { ...field, kind: 'unreachable' };
  reportUnknownAction(field, level, session);
  return undefined;
};

/** A parameter that stands beside its module instead of below it. */
const indentHint = (name: string, actions: readonly Field[], session: Session): string | undefined => {
  const owner = actions.find((action) => {
    const { parameters = {} } = session.options.catalogue.find(action.name) ?? {};
    return Object.entries(parameters).some(([own, { aliases = [] }]) => own === name || aliases.includes(name));
  });
  return owner && `It is a parameter of ${owner.name}: indent it, so that it stands below that.`;
};

/** The one action of a task; reports none, two, and unknown ones (unless the task is never reached). */
export const findAction = (
  fields: Fields,
  level: Level,
  session: Session,
  reachable: boolean,
): FoundAction | undefined => {
  const { findings } = session;
  const others = [...fields.all()].filter((field) => !isKeyword(field.name, level));
  const actions = others.filter((field) => isAction(field, session));
  const unknown = others.filter((field) => !actions.includes(field));
  const keyword = fields.field('action') ?? fields.field('local_action');
  const spelled = keyword && fromActionKeyword(keyword);
  if (spelled?.name.includes('{{')) {
    const module = new Template(spelled.name, spelled.position);
    checkValue(module, findings);
    return { ...spelled, kind: 'late', module };
  }
  if (keyword && !spelled) fields.wrong(keyword.name, 'a module with its parameters');
  if (spelled) actions.push(spelled);
  // With an action there, an unknown key is a keyword misspelt; without one, it is the action.
  if (actions.length === 0 && !keyword && unknown.length > 0) {
    const near = unknown.filter((field) => didYouMean(field.name, SUPPORTED[level]) === undefined);
    const action = near[0] ?? (unknown[0] as Field);
    for (const field of unknown) if (field !== action) fields.unknownKeyword(field.name, level, field.position);
    return unknownAction(action, level, session, reachable);
  }
  for (const field of unknown)
    fields.unknownKeyword(field.name, level, field.position, indentHint(field.name, actions, session));
  if (actions.length === 0 && !keyword)
    findings.report('playbook-invalid', 'This task has no action.', fields.position, 'Name a module in it.');
  if (actions.length > 1)
    findings.report(
      'playbook-invalid',
      `This task has two actions: "${actions[0]?.name}" and "${actions[1]?.name}".`,
      (actions[1] as Field).position,
      'Make two tasks of it.',
    );
  const [action] = actions;
  if (!action || actions.length > 1) return undefined;
  return resolveAction(action, session) ?? unknownAction(action, level, session, reachable);
};

/** A one-word text, of `meta: noop` or `import_tasks: file.yml`. */
export const wordOf = (node: Node): string | undefined => {
  const value = nodeToValue(node);
  return typeof value === 'string' ? value.trim() : undefined;
};

/** The loop keywords of a task. */
export const loopFields = (fields: Fields): readonly Field[] =>
  [...fields.all()].filter((field) => field.name === 'loop' || field.name.startsWith('with_'));

/** The kind of a loop keyword, or undefined when it is not supported. */
export const loopKind = (name: string): 'loop' | (typeof LOOPS)[number] | undefined =>
  name === 'loop' ? 'loop' : LOOPS.find((kind) => name === `with_${kind}`);
