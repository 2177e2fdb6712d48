import { wallClock } from '../../core/clock.js';
import type { Fields } from './contents.js';
import type { Part } from './parts.js';
import { PRESENCE } from '../presence.js';
import { isUnfinished } from './unfinished.js';

/** False for values that have ended, the note of an unfinished copy, and the processes that have a store open. */
export function isCarried(part: Part, document: Fields): boolean {
  if (part !== 'values') return true;
  const { namespace, expires } = document;
  if (expires instanceof Date && expires.getTime() <= wallClock()) return false;
  return namespace !== PRESENCE && !isUnfinished(part, document);
}
