import { secondsUntil } from '../model/timer-text.js';
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

/** Upstream caches an evaluated timer expression in the definition; a copy drops the cached value. */
const copyOf = (timer: HostBehaviour): HostBehaviour =>
  Object.assign(Object.create(Object.getPrototypeOf(timer) as object) as HostBehaviour, timer);

/** Upstream takes the present time for a duration or cycle that it cannot read. */
const isReadable = (text: unknown): boolean =>
  typeof text === 'string' && secondsUntil(text, null) !== undefined;

/** The time of a timer, in one of several forms; undefined if the model gives none that can be read. */
export async function timeOf(timer: HostBehaviour, item: HostItem): Promise<unknown> {
  const copy = copyOf(timer);
  const time = await copy.timeDue?.(item, null);
  const span = timer.duration ? copy.duration : timer.timeCycle ? copy.timeCycle : undefined;
  return (timer.duration || timer.timeCycle) && !isReadable(span) ? undefined : time;
}

/** How often a timer fires in total: three times for a cycle such as `R3/PT1H`. */
export async function repetitions(timer: HostBehaviour, item: HostItem): Promise<number> {
  const copy = copyOf(timer);
  await copy.timeDue?.(item, null);
  return Number(copy.repeat);
}
