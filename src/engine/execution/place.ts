import type { Place } from './context.js';
import type { HostExecution, HostItem, HostNode, HostToken } from '../model/host.js';

/** The values that the host passes to a model's code as `this`. */
type Scope = HostItem | (HostToken & { currentNode?: HostNode }) | HostExecution;

/** The place of a model's code: an item, an element that is about to get one, or the process. */
export function placeOf(scope: unknown): Place {
  const at = scope as Scope;
  if ('token' in at) {
    const { token, id: itemId, elementId } = at as HostItem;
    return { instanceId: token.execution.id, itemId, elementId };
  }
  if ('currentNode' in at) {
    const { execution, currentNode } = at as HostToken & { currentNode?: HostNode };
    return {
      instanceId: execution.id,
      ...(currentNode === undefined ? {} : { elementId: currentNode.id }),
    };
  }
  return { instanceId: at.id as string };
}
