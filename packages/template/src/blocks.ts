import type { Statement } from './ast.js';
import { Callable, type Item, templateError } from './item.js';
import type { Names } from './names.js';
import { walk } from './walk.js';

type BlockStatement = Extract<Statement, { kind: 'block' }>;

/** Writes the body of a block in the template that it stands in, with these names around it. */
type Write = (body: readonly Statement[], around: readonly Names[]) => Item;

interface Entry {
  readonly block: BlockStatement;
  readonly write: Write;
}

const known = new WeakMap<readonly Statement[], readonly BlockStatement[]>();

// Parsed templates are kept and run many times.
const blocksIn = (statements: readonly Statement[]): readonly BlockStatement[] => {
  const before = known.get(statements);
  if (before) return before;
  const blocks = new Map<string, BlockStatement>();
  walk(statements, (node) => {
    if (!('kind' in node) || node.kind !== 'block') return;
    if (blocks.has(node.name)) throw templateError(`The block "${node.name}" stands twice in one template.`);
    blocks.set(node.name, node);
  });
  const found = [...blocks.values()];
  known.set(statements, found);
  return found;
};

/** The blocks of a template and of those that it extends: of one name the most derived is written, and `super()` writes the next. */
export class Blocks {
  readonly #entries = new Map<string, Entry[]>();

  /** Takes the blocks of a template; those taken before stand above them. */
  take(statements: readonly Statement[], write: Write): void {
    for (const block of blocksIn(statements))
      this.#entries.set(block.name, [...(this.#entries.get(block.name) ?? []), { block, write }]);
  }

  /** What a block comes to; `level` counts the calls of `super()`. */
  value(name: string, level: number, around: readonly Names[]): Item {
    const entry = this.#entries.get(name)?.[level];
    if (!entry) throw templateError(`There is no block "${name}" above this one.`);
    if (entry.block.required) throw templateError(`The block "${name}" is required, and nothing fills it.`);
    const above = new Callable('super', (args) => {
      args.refuseUnused('super');
      return this.value(name, level + 1, around);
    });
    return entry.write(entry.block.body, [...around, new Map([['super', above]])]);
  }
}
