import type { Guard } from 'bpmn-guard';
import { changeGuard } from '../../src/engine/execution/change-guard.js';

/** Leaves an instance as the ends of two processes do, both while work of it was under way in the background. */
export async function holdBack({ store }: Pick<Guard, 'store'>, instanceId: string): Promise<void> {
  const attempt = {
    work: 'background',
    by: 'a process that ended',
    at: new Date(),
    ended: 2,
    held: true,
  } as const;
  await changeGuard(store, instanceId, (before) => ({ ...before, attempts: { background: attempt } }));
}
