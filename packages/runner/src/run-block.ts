import type { Block } from '@ratchet/playbook';
import { setFailureFacts } from './failed-task.js';
import { active } from './finish-task.js';
import type { HostState } from './host-state.js';
import type { RunNodes } from './run-include.js';

/** A host that failed in a block with a rescue has not failed: it is told as rescued. */
const beginRescue = (host: HostState): void => {
  host.failed = false;
  host.recap.failed -= 1;
  host.recap.rescued += 1;
  setFailureFacts(host);
};

/** Runs a block: its body, the rescue on hosts that failed in it, then what always runs, on them too. */
export const runBlock = async (
  hosts: readonly HostState[],
  block: Block,
  run: RunNodes,
  takeBack: (entered: readonly HostState[]) => Promise<void>,
): Promise<void> => {
  const entered = active(hosts);
  await run(entered, block.body);
  const failed = entered.filter((host) => host.failed);
  if (block.rescue.length > 0 && failed.length > 0) {
    for (const host of failed) beginRescue(host);
    await run(failed, block.rescue);
  }
  await takeBack(entered);
  if (block.always.length === 0) return;
  const stillFailed = entered.filter((host) => host.failed);
  for (const host of stillFailed) host.failed = false;
  await run(
    entered.filter((host) => !host.unreachable),
    block.always,
  );
  for (const host of stillFailed) host.failed = true;
};
