import { ticks, wallClock } from '../../core/clock.js';

/** The longest delay of setTimeout, in milliseconds; longer waits are armed in steps. */
const LONGEST = 2 ** 31 - 1;
/** How often the two clocks are compared, and the tolerated difference, in milliseconds. */
const LOOK_EVERY = 1000;
const JUMP = 1000;

interface Alarm {
  handle: NodeJS.Timeout | undefined;
  readonly arm: () => void;
}

/** Calls functions later: at a time of day or after a delay. */
export class Alarms {
  private readonly armed = new Set<Alarm>();
  private watching: NodeJS.Timeout | undefined;
  private stopped = false;

  /** Calls `fire` at the time of day, or at once if it has passed. Returns a function that cancels it. */
  at(time: Date, fire: () => void): () => void {
    return this.arm(() => time.getTime() - wallClock(), fire);
  }

  /** Calls `fire` after so many milliseconds, independent of the wall clock. Returns a function that cancels it. */
  after(ms: number, fire: () => void): () => void {
    const end = ticks() + ms;
    return this.arm(() => end - ticks(), fire);
  }

  private arm(remaining: () => number, fire: () => void): () => void {
    if (this.stopped) return () => undefined;
    const alarm: Alarm = {
      handle: undefined,
      arm: () => {
        clearTimeout(alarm.handle);
        alarm.handle = setTimeout(ring, Math.max(0, Math.min(Math.ceil(remaining()), LONGEST)));
      },
    };
    const ring = (): void => {
      if (remaining() > 0) return alarm.arm();
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
   * Detects jumps of the wall clock and arms everything again. The clock of setTimeout stops while a machine
   * sleeps, so alarms due meanwhile would fire late by that time.
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

  /** Cancels everything; nothing can be armed afterwards. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.watching);
    for (const alarm of this.armed) clearTimeout(alarm.handle);
    this.armed.clear();
  }
}
