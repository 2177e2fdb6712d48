import { randomUUID } from 'node:crypto';
import { deepCopy } from '../../core/copy.js';
import type { Delivery, ThrownMessage } from '../../store/port.js';
import type { Acting } from './command.js';

/** Work on an item of another instance, for which the sender will be stored. */
export const newDelivery = (
  itemId: string,
  data: Record<string, unknown> | null,
  { starter, actor }: Acting,
  message?: ThrownMessage,
): Delivery => ({
  key: randomUUID(),
  itemId,
  data: deepCopy(data),
  causer: starter,
  ...(actor === starter ? {} : { actor }),
  ...(message === undefined ? {} : { message }),
});
