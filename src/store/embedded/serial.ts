/**
 * Runs the tasks of one key one after the other, in order of arrival; tasks of different keys run
 * concurrently.
 */
export class Serial {
  private readonly tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const run = before === undefined ? task() : before.then(task, task);
    this.tails.set(key, run);
    try {
      return await run;
    } finally {
      if (this.tails.get(key) === run) this.tails.delete(key);
    }
  }
}
