import { type Canonical, canonicalText, readCanonical } from './canonical.js';
import { type CaseFile, record, texts, words, writeFiles } from './case-file.js';
import { inNewFolder, runAnsible, runRatchet } from './oracle.js';
import type { Ended } from './program.js';

type Data = { readonly [key: string]: Canonical };

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
const data = (value: unknown): Data => (isData(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What of a result is compared. */
interface Compared {
  readonly keys: readonly string[];
  readonly failedKeys: readonly string[];
}

const comparedOf = ({ body }: CaseFile): Compared => ({
  keys: body['compare'] === undefined ? ['msg'] : texts(body['compare']),
  failedKeys: texts(body['compare_failed']),
});

const statusOf = (result: Data): string => {
  for (const status of ['unreachable', 'failed', 'skipped', 'changed']) if (result[status] === true) return status;
  return 'ok';
};

const picked = (result: Data, compared: Compared, status: string): Data => {
  const keys = status === 'failed' || status === 'unreachable' ? compared.failedKeys : compared.keys;
  return Object.fromEntries(
    keys.flatMap((key) => (result[key] === undefined || status === 'skipped' ? [] : [[key, result[key]]])),
  );
};

// How both tools show an item of a loop.
const labelOf = (item: Canonical | undefined): Canonical =>
  item === undefined ? null : typeof item === 'string' ? item : canonicalText(item);

// A dict is shown in its own order, and compared in that of its keys.
const shownItem = (item: Canonical): Canonical =>
  typeof item === 'string' && /^\{.*\}$/s.test(item) ? canonicalText(readCanonical(item)) : item;

const reduced = (result: Data, status: string, compared: Compared): Data => {
  if (list(result['results']).length === 0) return { status, ...picked(result, compared, status) };
  const items = list(result['results']).map((one) => {
    const item = data(one);
    const itemStatus = statusOf(item);
    return {
      status: itemStatus,
      item: labelOf(item[String(item['ansible_loop_var'] ?? 'item')]),
      ...picked(item, compared, itemStatus),
    };
  });
  return { status, items };
};

// Ansible tells an include as a task of its own; what matters is what was included, and when that is skipped or fails.
// That a meta command is left out on a host, it tells too.
const isInclude = (result: Data): boolean =>
  result['include_args'] !== undefined || list(result['results']).some((item) => isInclude(data(item)));

const withoutEmpty = (tasks: readonly { readonly name: string; readonly hosts: Data }[]): Canonical =>
  tasks.filter(({ name, hosts }) => Object.keys(hosts).length > 0 && !/(?:^| : )meta$/.test(name));

const COUNTERS = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'];

const recapOf = (stats: Data, rename: Readonly<Record<string, string>>): Data =>
  Object.fromEntries(
    Object.entries(stats)
      // A host that nothing happened to stands in one tool's recap only.
      .filter(([, counters]) => Object.values(data(counters)).some((count) => count !== 0))
      .map(([host, counters]) => [
        host,
        Object.fromEntries(COUNTERS.map((name) => [name, data(counters)[rename[name] ?? name] ?? 0])),
      ]),
  );

const outcome = (code: number, tasks: Canonical, recap: Data): Canonical => ({ exit: code, tasks, recap });

const ofAnsible = ({ code, stdout }: Ended, compared: Compared): Canonical => {
  const start = stdout.indexOf('{\n    "custom_stats"');
  if (start === -1) return outcome(code, [], {});
  const document = data(readCanonical(stdout.slice(start, stdout.lastIndexOf('}') + 1)));
  const tasks = list(document['plays']).flatMap((play) =>
    list(data(play)['tasks']).map((task) => ({
      name: String(data(data(task)['task'])['name'] ?? ''),
      hosts: Object.fromEntries(
        Object.entries(data(data(task)['hosts']))
          .filter(([, result]) => !isInclude(data(result)))
          .map(([host, result]) => [host, reduced(data(result), statusOf(data(result)), compared)]),
      ),
    })),
  );
  return outcome(
    code,
    withoutEmpty(tasks),
    recapOf(data(document['stats']), { unreachable: 'unreachable', failed: 'failures' }),
  );
};

const ofRatchet = ({ code, stdout }: Ended, compared: Compared): Canonical => {
  // A task is begun anew in each batch and, as a handler, at each flush.
  const begun: { name: string; hosts: Record<string, Canonical> }[] = [];
  const current = new Map<string, (typeof begun)[number]>();
  const loops = new Map<string, Canonical[]>();
  let recap: Data = {};
  for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const event = data(readCanonical(line));
    const id = String(event['task']);
    if (event['type'] === 'task_started') {
      const fresh = { name: String(event['name']), hosts: {} };
      begun.push(fresh);
      current.set(id, fresh);
    }
    if (event['type'] === 'run_finished') recap = recapOf(data(event['hosts']), {});
    const task = event['type'] === 'task_finished' ? current.get(id) : undefined;
    if (event['type'] === 'step_finished' && event['item'] !== undefined) {
      const items = loops.get(`${id} ${event['host']}`) ?? [];
      const status = String(event['outcome']);
      items.push({ status, item: shownItem(event['item']), ...picked(data(event['result']), compared, status) });
      loops.set(`${id} ${event['host']}`, items);
    }
    if (!task) continue;
    const key = `${id} ${event['host']}`;
    // What is hidden by no_log Ansible tells as a whole, not item by item.
    const items = data(event['result'])['censored'] === undefined ? loops.get(key) : undefined;
    loops.delete(key);
    const status = String(event['outcome']);
    task.hosts[String(event['host'])] = items ? { status, items } : reduced(data(event['result']), status, compared);
  }
  return outcome(code, withoutEmpty(begun), recap);
};

const withoutFolder = (answer: Canonical, folder: string): Canonical =>
  JSON.parse(JSON.stringify(answer).replaceAll(folder, '<folder>')) as Canonical;

const envOf = ({ body }: CaseFile): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record(body['env'])).map(([name, value]) => [name, String(value)]));

const run = (
  one: CaseFile,
  ask: (args: readonly string[], folder: string, env: Readonly<Record<string, string>>) => Promise<Ended>,
  read: (ended: Ended, compared: Compared) => Canonical,
): Promise<Canonical> =>
  inNewFolder(async (folder) => {
    await writeFiles(folder, one.body['files']);
    const ended = await ask(words(String(one.body['run'] ?? '')), folder, envOf(one));
    return withoutFolder(read(ended, comparedOf(one)), folder);
  });

/** Exit code, tasks in order with what each host came to, and recap, as ansible-playbook answers. */
export const askPlaybook = (one: CaseFile): Promise<Canonical> =>
  run(one, (args, folder, env) => runAnsible('ansible-playbook', args, folder, env), ofAnsible);

/** The same of `ratchet run`. */
export const answerPlaybook = (one: CaseFile): Promise<Canonical> =>
  run(one, (args, folder, env) => runRatchet(['run', ...args, '--output', 'ndjson'], folder, env), ofRatchet);
