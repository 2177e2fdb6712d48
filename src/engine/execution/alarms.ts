import { ticks, wallClock } from '../../core/clock.js';

/** The longest that setTimeout can hold, in milliseconds; longer waits are armed again in steps. */
const LONGEST = 2 ** 31 - 1;
/** How often the two clocks are compared, and how far apart they may come, in milliseconds. */
const LOOK_EVERY = 1000;
const JUMP = 1000;

interface Alarm {
  handle: NodeJS.Timeout | undefined;
  readonly arm: () => void;
}

/** What is to be called later: at a time of day, or after a while. */
export class Alarms {
  private readonly armed = new Set<Alarm>();
  private watching: NodeJS.Timeout | undefined;
  private stopped = false;

  /** At that time of day, at once when it has passed; returns what takes it back. */
  at(time: Date, fire: () => void): () => void {
    return this.arm(() => time.getTime() - wallClock(), fire);
  }

  /** When so many milliseconds have passed, whatever becomes of the wall clock; returns what takes it back. */
  after(ms: number, fire: () => void): () => void {
    const end = ticks() + ms;
    return this.arm(() => end - ticks(), fire);
  }

  private arm(left: () => number, fire: () => void): () => void {
    if (this.stopped) return () => undefined;
    const alarm: Alarm = {
      handle: undefined,
      arm: () => {
        clearTimeout(alarm.handle);
        alarm.handle = setTimeout(ring, Math.max(0, Math.min(Math.ceil(left()), LONGEST)));
      },
    };
    const ring = (): void => {
      if (left() > 0) return alarm.arm();
      this.armed.delete(alarm);
      fire();
    };
    this.armed.add(alarm);
    alarm.arm();
    return () => {
      clearTimeout(alarm.handle);
      this.armed.delete(alarm);
    };
  }

  /**
   * Notices that the wall clock has jumped, and arms everything again: while a machine sleeps, the clock of setTimeout
   * stands still, and what has become due meanwhile would be late by as much.
   */
  watch(): void {
    if (this.stopped || this.watching !== undefined) return;
    let apart = wallClock() - ticks();
    const look = (): void => {
      const now = wallClock() - ticks();
      if (Math.abs(now - apart) < JUMP) return;
      apart = now;
      for (const alarm of [...this.armed]) alarm.arm();
    };
    this.watching = setInterval(look, LOOK_EVERY).unref();
  }

  /** Takes everything back; nothing is armed afterwards. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.watching);
    for (const alarm of this.armed) clearTimeout(alarm.handle);
    this.armed.clear();
  }
}
