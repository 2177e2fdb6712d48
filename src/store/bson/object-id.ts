import { kindOf } from './kind.js';
import { ObjectId } from 'bson';

/** True for an ObjectId; any other `_id` is replaced when a document is stored. */
export const isObjectId = (value: unknown): value is ObjectId => kindOf(value) === 'objectId';

export const hexOf = (id: unknown): string => (id as ObjectId).toHexString();

/** Makes ascending ids, even when the clock goes back or the counter of the driver's ids restarts. */
export class ObjectIds {
  private last = '';

  /** @param hex an existing id; later ones are greater */
  saw(hex: string): void {
    if (hex > this.last) this.last = hex;
  }

  next(): ObjectId {
    const fresh = new ObjectId();
    const hex = fresh.toHexString();
    if (hex > this.last) {
      this.last = hex;
      return fresh;
    }
    this.last = (BigInt(`0x${this.last}`) + 1n).toString(16).padStart(24, '0');
    return new ObjectId(this.last);
  }
}
