import type { ObjectId } from 'bson';
import { kindOf } from './kind.js';

/** True for an ObjectId; any other `_id` is replaced when a document is stored. */
export const isObjectId = (value: unknown): value is ObjectId => kindOf(value) === 'objectId';

export const hexOf = (id: unknown): string => (id as ObjectId).toHexString();
