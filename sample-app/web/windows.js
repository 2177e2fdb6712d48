/**
 * In-memory counters for express-rate-limit, like its own, but with windows measured by a monotonic clock. If the
 * wall clock were set back, a reached limit would last that much longer.
 */
export class Windows {
  localKeys = true;
  #counts = new Map();
  #windowMs;
  #sweeping;

  init({ windowMs }) {
    this.#windowMs = windowMs;
    clearInterval(this.#sweeping);
    this.#sweeping = setInterval(() => this.#sweep(), windowMs);
    this.#sweeping.unref();
  }

  get(key) {
    const count = this.#counts.get(key);
    return count && this.#left(count) > 0 ? this.#info(count) : undefined;
  }

  increment(key) {
    const known = this.#counts.get(key);
    const count =
      known && this.#left(known) > 0 ? known : { hits: 0, end: performance.now() + this.#windowMs };
    count.hits++;
    this.#counts.set(key, count);
    return this.#info(count);
  }

  decrement(key) {
    const count = this.#counts.get(key);
    if (count && count.hits > 0) count.hits--;
  }

  resetKey(key) {
    this.#counts.delete(key);
  }

  resetAll() {
    this.#counts.clear();
  }

  shutdown() {
    clearInterval(this.#sweeping);
    this.resetAll();
  }

  #left(count) {
    return count.end - performance.now();
  }

  #info(count) {
    return { totalHits: count.hits, resetTime: new Date(Date.now() + this.#left(count)) };
  }

  #sweep() {
    for (const [key, count] of this.#counts) if (this.#left(count) <= 0) this.#counts.delete(key);
  }
}
