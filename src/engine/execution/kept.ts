import type { HostExecution } from '../model/host.js';
import { guardOf } from './commit.js';

/** What the guard keeps of one item of a live instance; made when it is not there. */
export function keptFor(execution: HostExecution, itemId: string): Record<string, unknown> {
  const items = (guardOf(execution.instance).items ??= {});
  return (items[itemId] ??= {});
}
