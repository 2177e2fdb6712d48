import { ObjectId } from 'bson';

/** Makes ids that grow, even when the clock goes back or the counter of the driver's ids begins again. */
export class ObjectIds {
  private last = '';

  /** @param hex an id that is taken: later ones are greater */
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
