import {
  bpmn,
  type HostBehaviour,
  type HostExecution,
  type HostItem,
  type HostNode,
  type HostToken,
} from '../model/host.js';

type StartToken = (
  type: string,
  execution: HostExecution,
  node: HostNode,
  dataPath: null,
  parent: HostToken | null,
  origin: HostItem | null,
  loop: null,
) => Promise<HostToken>;
export const startToken: StartToken = (...args) =>
  (bpmn.Token as unknown as { startNewToken: StartToken }).startNewToken(...args);

/** Upstream keeps in the definition what an expression of one item came to; a copy forgets it. */
const copyOf = (timer: HostBehaviour): HostBehaviour =>
  Object.assign(Object.create(Object.getPrototypeOf(timer) as object) as HostBehaviour, timer);
export const timeOf = (timer: HostBehaviour, item: HostItem): Promise<unknown> =>
  copyOf(timer).timeDue?.(item, null) ?? Promise.resolve(undefined);

/** How often a timer fires in all: of a cycle such as `R3/PT1H`, three times. */
export async function repetitions(timer: HostBehaviour, item: HostItem): Promise<number> {
  const copy = copyOf(timer);
  await copy.timeDue?.(item, null);
  return Number(copy.repeat);
}
