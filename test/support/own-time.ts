/**
 * Milliseconds in which this process ran, for upper bounds of waits: time in which a busy machine kept it from running
 * does not count.
 */
export class OwnTime {
  private static readonly TICK = 10;
  private ticks = 0;
  private readonly timer = setInterval(() => (this.ticks += 1), OwnTime.TICK);

  stop(): number {
    clearInterval(this.timer);
    return this.ticks * OwnTime.TICK;
  }
}

/** Milliseconds that the process has spent on a processor, for upper bounds of work that does not wait. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
