import { deepCopy } from '../../core/copy.js';
import { sizeOf } from '../../store/bson/codec.js';
import type { Room } from '../contract/limits.js';
import type { HostInstance } from '../model/host.js';

/** The newest points that fit; always at least the last one. */
function kept(points: Readonly<Record<string, unknown>>, room: Room): Record<string, unknown> {
  const newest: [string, unknown][] = [];
  let bytes = 0;
  for (const entry of Object.entries(points).reverse()) {
    bytes += sizeOf(entry[1]);
    if (newest.length > 0 && (newest.length === room.savePoints || bytes > room.savePointBytes)) break;
    newest.push(entry);
  }
  return Object.fromEntries(newest.reverse());
}

/** The save points of an instance including its present state, keyed by its last item. */
export function savePoints(instance: HostInstance, room: Room): Record<string, unknown> {
  const { items, loops, tokens, data } = instance;
  const last = items.at(-1)?.id as string | undefined;
  const points = { ...(instance.savePoints as Record<string, unknown> | undefined) };
  if (last !== undefined) {
    delete points[last];
    points[last] = deepCopy({ id: last, items, loops, tokens, data });
  }
  return (instance.savePoints = kept(points, room));
}
