import type { LoadHook } from 'node:module';

/** One change of a built module: a text that is appended, or replaced wherever the pattern finds it. */
export interface Disabled {
  /** The end of the module's address: `template/dist/filters.js`. */
  readonly module: string;
  readonly append?: string;
  readonly pattern?: string;
  readonly replacement?: string;
}

export const DISABLE_VARIABLE = 'RATCHET_CONFORMANCE_DISABLE';

const asked = JSON.parse(process.env[DISABLE_VARIABLE] ?? 'null') as Disabled | null;

const changed = (source: string, { append = '', pattern, replacement = '' }: Disabled): string =>
  (pattern === undefined ? source : source.replace(new RegExp(pattern, 'gm'), replacement)) + append;

/** Node's hook: gives the asked module with its change. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (!asked || !url.endsWith(asked.module)) return loaded;
  return { ...loaded, source: changed(String(loaded.source), asked) };
};
