import type { BootEvidence, BootMarker, HostReader, ReadContext, RebootChange, ResourceModule } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';

import { z } from 'zod';
import { count, flag, seconds, text } from './parameter-values.js';
import { type PendingSignal, pendingSignals, waitsForRestart } from './pending-signals.js';
import { dataIn } from './registry-state.js';
import { awaitRestart, continueRestart, hasMoved, issueRestart, readEvidence, tellsBoots } from './restart.js';

const params = z.strictObject({
  when: z.enum(['always', 'pending', 'owed']).default('always'),
  msg: text.default('Reboot initiated by Ratchet'),
  pre_reboot_delay: seconds.default(2),
  post_reboot_delay: seconds.default(0),
  reboot_timeout: seconds.default(600),
  connect_timeout: seconds.default(10),
  max_per_run: count.default(3),
  test_command: text.optional(),
  boot_time_command: text.optional(),
  allow_manual_sshd: flag.default(false),
});
type Params = z.infer<typeof params>;

/** `evidence` is null where no restart was in question, so that nothing was asked of the host. */
interface State {
  readonly evidence: BootEvidence | null;
  readonly owed: boolean;
  /** The signs by which Windows itself says that it waits for a restart. */
  readonly pending: readonly PendingSignal[];
  /** Restarts that this run has made on the host. */
  readonly restarts: number;
  /** The restart of an interrupted run that is to be gone on with. */
  readonly continued?: RebootChange | undefined;
}

const marker: z.ZodType<BootMarker> = z.object({
  bootId: z.number().nullable(),
  bootEvent: z.string().nullable().optional(),
  bootTime: z.string().nullable(),
}) as z.ZodType<BootMarker>;
const state: z.ZodType<State> = z.object({
  evidence: z.object({ marker, text: z.string().nullable() }).nullable(),
  owed: z.boolean(),
  pending: z.array(z.object({ name: z.string(), trust: z.enum(['high', 'medium', 'low']) })),
  restarts: z.number(),
  continued: z.custom<RebootChange>().optional(),
});

const SSHD = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\sshd';
const AUTOMATIC = 2;

// The zip's script and the Windows capability install sshd as Manual: such a host stays unreachable after a restart.
const requireAutomaticSshd = async (host: HostReader): Promise<void> => {
  const [key] = await host.registry([{ path: SSHD, value: 'Start' }]);
  const start = dataIn(key ?? null, 'Start');
  if (start === null || (start.type === 'REG_DWORD' && start.number === AUTOMATIC)) return;
  throw new RatchetError(
    'guard-refused',
    `${host.name} would not come back after a restart: its sshd service does not start by itself`,
    {
      hint: 'Run "sc config sshd start= auto" on it, or restart anyway with allow_manual_sshd: true.',
      details: { override: 'allow_manual_sshd' },
    },
  );
};

const requireTelling = (evidence: BootEvidence, host: string): void => {
  if (tellsBoots(evidence)) return;
  throw new RatchetError(
    'guard-refused',
    `Nothing tells one start of ${host} from the next: it has no BootId, no start event in its System log, and no wmic`,
    {
      hint: 'Give boot_time_command: a command whose output differs from start to start.',
      details: { override: 'boot_time_command' },
    },
  );
};

const reasonFor = (given: Params, { owed, pending }: Pick<State, 'owed' | 'pending'>): string | null => {
  if (given.when === 'always') return 'the playbook asks for it';
  if (given.when === 'owed') return owed ? 'changed settings are in force only after it' : null;
  if (!waitsForRestart(pending)) return null;
  return `Windows waits for it (${pending.map(({ name }) => name).join(', ')})`;
};

/** The restart that an interrupted run meant to do. Without evidence nobody can read whether it was done. */
const interruptedRestart = (context: ReadContext): RebootChange | undefined => {
  const change = context.interrupted?.find((one): one is RebootChange => one.kind === 'reboot');
  if (change && !(change.evidence && tellsBoots(change.evidence)))
    throw new RatchetError('resume-undecided', 'A restart was asked for, and nothing tells whether it was done.');
  return change;
};

const read = async (given: Params, host: HostReader, context: ReadContext): Promise<State> => {
  const owed = context.restartOwed;
  const restarts = context.restartsDone ?? 0;
  const continued = interruptedRestart(context);
  // The host may be on its way down or up: it is asked when the restart is gone on with.
  if (continued) return { evidence: continued.evidence ?? null, owed, pending: [], restarts, continued };
  const pending = given.when === 'pending' ? await pendingSignals(host) : [];
  if (reasonFor(given, { owed, pending }) === null) return { evidence: null, owed, pending, restarts };
  const [evidence] = await Promise.all([
    readEvidence(host, given),
    given.allow_manual_sshd ? undefined : requireAutomaticSshd(host),
  ]);
  requireTelling(evidence, host.name);
  return { evidence, owed, pending, restarts };
};

const diff = (given: Params, found: State): readonly RebootChange[] => {
  if (found.continued) return [{ ...found.continued, continued: true }];
  const reason = reasonFor(given, found);
  return reason === null
    ? []
    : [{ kind: 'reboot', reason, ...(found.evidence ? { evidence: found.evidence } : {}), restart: false }];
};

const SECONDS = (description: string, name: string, standard: number) => ({
  description: `${description}, in seconds`,
  default: standard,
  aliases: [`${name}_sec`],
});

/** Restarts Windows and waits until it is back in another boot. */
export const reboot: ResourceModule<Params, State, RebootChange> = {
  kind: 'resource',
  name: 'reboot',
  restarts: true,
  aliases: ['win_reboot', 'ansible.builtin.reboot', 'ansible.windows.win_reboot'],
  summary: 'Restarts Windows and waits for it',
  params,
  parameters: {
    when: {
      description: '"owed": a changed setting waits for it; "pending": Windows says that it waits for one',
      choices: ['always', 'pending', 'owed'],
      default: 'always',
    },
    msg: { description: 'What logged-on users see', default: 'Reboot initiated by Ratchet' },
    pre_reboot_delay: SECONDS('Notice to logged-on users, two at least', 'pre_reboot_delay', 2),
    post_reboot_delay: SECONDS('How long it must stay up', 'post_reboot_delay', 0),
    reboot_timeout: SECONDS('How long to wait for it', 'reboot_timeout', 600),
    connect_timeout: SECONDS('How long one attempt to reach it may take', 'connect_timeout', 10),
    max_per_run: { description: 'How many restarts of a host one run may make', default: 3 },
    test_command: { description: 'A command that must end with code 0 before it counts as back' },
    boot_time_command: { description: 'A command whose output differs from boot to boot' },
    allow_manual_sshd: { description: 'Restart although sshd will not start by itself', default: false },
  },
  state,
  read,
  diff,
  async apply([change], host, context, given) {
    const before = change.evidence ?? (await readEvidence(host, given));
    if (change.continued) return continueRestart(before, given, host, context);
    await awaitRestart(before, given, host, context, await issueRestart(given, host, context));
  },
  verify: (given, before, after) =>
    before.evidence === null || after.evidence === null || hasMoved(before.evidence, after.evidence)
      ? []
      : diff(given, before),
  guard: (given, { restarts, continued }) =>
    restarts < given.max_per_run || continued
      ? null
      : {
          message: `This run has restarted the host ${restarts} times, as often as max_per_run lets it.`,
          hint: 'Find out what asks for so many restarts.',
          override: 'max_per_run',
          overrideValue: String(restarts + 1),
        },
  result: (_given, { pending }, changes) => ({
    rebooted: changes.length > 0,
    ...(pending.length > 0 ? { pending } : {}),
  }),
};
