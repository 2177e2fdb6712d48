/**
 * The two clocks. Durations (waits, caches, limits) are measured with `ticks` and `freshFor`; points in time are
 * read from `wallClock`. People and the network set wall clocks, and a duration measured with one would last as
 * long as the clock was set back.
 */

/** Milliseconds on a monotonic clock. Only differences are meaningful. */
export const ticks = (): number => performance.now();

/** The time of day in milliseconds since 1970, as other processes see it; not for durations. */
export const wallClock = (): number => Date.now();

/** The present time as a date, for records. */
export const today = (): Date => new Date(wallClock());

/** How far the wall clocks of two processes may differ, in milliseconds, before one takes the other for dead. */
export const SKEW = 30_000;

/**
 * For caches: returns a function that is true until so many milliseconds have passed. It also becomes false when
 * the wall clock has advanced that far, which covers a sleep of the machine, or was set back: a doubtful answer is
 * requested again.
 */
export function freshFor(ms: number): () => boolean {
  const [began, read] = [ticks(), wallClock()];
  return () => {
    const passed = wallClock() - read;
    return ticks() - began < ms && passed < ms && passed > -ms;
  };
}
