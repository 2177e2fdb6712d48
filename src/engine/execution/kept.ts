import type { HostExecution } from '../model/host.js';
import { guardOf } from './commit.js';

/** The guard's data about one item of a live instance; created if missing. */
export function keptFor(execution: HostExecution, itemId: string): Record<string, unknown> {
  const items = (guardOf(execution.instance).items ??= {});
  return (items[itemId] ??= {});
}
