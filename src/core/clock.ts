/**
 * The two clocks. Durations (waits, caches, limits) are measured by `ticks` and `freshFor`; what happened when, or is
 * due when, is read from `wallClock`. A wall clock is set, by people and by the network: what measured a duration by it
 * would last for as long as the clock was set back.
 */

/** Milliseconds since some moment, on a clock that nobody sets. Only differences mean something. */
export const ticks = (): number => performance.now();

/** The time of day in milliseconds since 1970, as people and other processes read it; for no duration. */
export const wallClock = (): number => Date.now();

/** The same as a date: the time at which something happens, for the record. */
export const today = (): Date => new Date(wallClock());

/** How far the wall clocks of two processes may be apart, in milliseconds, without one taking the other for gone. */
export const SKEW = 30_000;

/**
 * For caches: asks whether so many milliseconds have not passed yet. They have also passed when the wall clock says so,
 * which alone counts a sleep of the machine, and when it was set back: a doubtful answer is asked for again.
 */
export function freshFor(ms: number): () => boolean {
  const [began, read] = [ticks(), wallClock()];
  return () => {
    const passed = wallClock() - read;
    return ticks() - began < ms && passed < ms && passed > -ms;
  };
}
