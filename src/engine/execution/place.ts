import type { Place } from './context.js';
import type { HostExecution, HostItem, HostNode, HostToken } from '../model/host.js';

/** What the host gives to the code of a model as `this`. */
type Scope = HostItem | (HostToken & { currentNode?: HostNode }) | HostExecution;

/** Where a piece of a model's code stands: at an item, at an element that is about to get one, or at the process. */
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
