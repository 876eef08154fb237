import type { Block } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { setFailureFacts } from './failed-task.js';
import { active, type HostState } from './host-state.js';
import type { RunNodes } from './run-include.js';

/** A host that failed in a block with a rescue has not failed: it is told as rescued. */
const beginRescue = (host: HostState): void => {
  host.failed = false;
  host.recap.failed -= 1;
  host.recap.rescued += 1;
  setFailureFacts(host);
};

const sheltered = async (hosts: readonly HostState[], there: boolean, work: () => Promise<void>): Promise<void> => {
  if (!there) return work();
  for (const host of hosts) host.sheltered += 1;
  try {
    await work();
  } finally {
    for (const host of hosts) host.sheltered -= 1;
  }
};

/** Runs a block: its body, the rescue on hosts that failed in it, then what always runs, on them too. */
export const runBlock = async (
  play: PlayContext,
  hosts: readonly HostState[],
  block: Block,
  run: RunNodes,
  takeBack: (entered: readonly HostState[]) => Promise<void>,
): Promise<void> => {
  const entered = active(hosts);
  const cleansUp = block.always.length > 0;
  await sheltered(entered, cleansUp || block.rescue.length > 0, () => run(entered, block.body));
  if (play.ended) return;
  const failed = entered.filter((host) => host.failed);
  if (block.rescue.length > 0 && failed.length > 0) {
    for (const host of failed) beginRescue(host);
    await sheltered(failed, cleansUp, () => run(failed, block.rescue));
  }
  await takeBack(entered);
  if (!cleansUp || play.ended) return;
  const stillFailed = entered.filter((host) => host.failed).map((host) => ({ host, before: host.failedInAlways }));
  for (const { host, before } of stillFailed) {
    host.failed = false;
    host.failedInAlways = before + 1;
  }
  await run(
    entered.filter((host) => !host.unreachable),
    block.always,
  );
  for (const { host, before } of stillFailed) {
    if (host.failedInAlways <= before) continue;
    host.failed = true;
    host.failedInAlways = before;
  }
};
