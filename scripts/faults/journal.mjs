/** What the callers of a store were told, from the lines of its writers; later reads are compared with it. */
export class Journal {
  constructor(workers) {
    this.workers = workers;
    this.acknowledged = new Set();
    this.refused = new Set();
    /** Neither acknowledged nor refused: stored or not, but after the next start for good. */
    this.open = new Set();
    this.next = 0;
    this.refusals = [];
  }

  /**
   * Takes the lines of one writer, which began at `next`.
   * @param wasKilled its last refused write may be stored: it had no time to undo it
   */
  take(lines, wasKilled = false) {
    const goneOn = wasKilled ? lines.findLastIndex((line) => line.startsWith('+')) : Infinity;
    const last = new Map();
    for (let worker = 0; worker < this.workers; worker++) last.set(worker, this.next + worker - this.workers);
    for (const [at, line] of lines.entries()) {
      const answer = /^([+-])(\d+) ?(.*)$/.exec(line);
      if (answer === null) continue;
      const operation = Number(answer[2]);
      last.set(operation % this.workers, operation);
      if (answer[1] === '+') this.acknowledged.add(operation);
      else {
        (at > goneOn ? this.open : this.refused).add(operation);
        this.refusals.push(answer[3]);
      }
    }
    for (const operation of last.values()) this.open.add(operation + this.workers);
    this.next = Math.max(...last.values()) + this.workers;
    this.next += this.workers - (this.next % this.workers);
  }

  /** @returns a count for each kind of fault in what was read */
  judge({ stored, half, slots, wrong }) {
    const present = new Set(stored);
    const newest = {};
    for (const operation of stored) {
      const worker = operation % this.workers;
      newest[worker] = Math.max(newest[worker] ?? 0, operation);
    }
    const known = (operation) =>
      this.acknowledged.has(operation) || this.refused.has(operation) || this.open.has(operation);
    const counts = {
      lost: [...this.acknowledged].filter((operation) => !present.has(operation)).length,
      torn: half.length + Object.keys(newest).filter((worker) => slots[worker] !== newest[worker]).length,
      'never written': wrong.length + stored.filter((operation) => !known(operation)).length,
      'stored though refused': stored.filter((operation) => this.refused.has(operation)).length,
    };
    for (const operation of this.open) {
      if (present.has(operation)) this.acknowledged.add(operation);
      else this.refused.add(operation);
    }
    this.open.clear();
    return counts;
  }
}
