import { today, wallClock } from '../../core/clock.js';
import { toDate } from './due-date.js';
import { bpmn, type HostBehaviour, type HostDefinition, type HostNode } from './host.js';

interface HostCron {
  checkCron(expression: string, reference: Date): number | null;
  timeDue(expression: string, reference: number | null): number | null;
}

/** In a text without this letter upstream finds no duration, and prints the error that it makes of that. */
const DURATION = 'P';

/**
 * The seconds until a duration, a cycle or a cron expression is next due; undefined if upstream cannot read it.
 * @param reference the time from which it counts, in milliseconds since 1970; null: now
 */
export function secondsUntil(expression: string, reference: number | null): number | undefined {
  const cron = bpmn.Cron as unknown as HostCron;
  const seconds =
    cron.checkCron(expression, new Date(reference ?? wallClock())) ||
    (expression.includes(DURATION) ? cron.timeDue(expression, reference) : null);
  return seconds === null || Number.isNaN(seconds) ? undefined : seconds;
}

/** Timers that repeat do so at most once in so many milliseconds. */
export const SHORTEST_CYCLE = 1000;

/** True for a span or cycle of nothing, such as `R/PT0S`: at a start event, upstream does not schedule it either. */
export function takesNoTime(text: string): boolean {
  const seconds = secondsUntil(text, null);
  return seconds !== undefined && seconds <= 0;
}

/** Upstream evaluates a text that begins so. */
const isEvaluated = (text: string): boolean => text.startsWith('$');

interface TimerTexts {
  readonly duration?: unknown;
  readonly timeCycle?: unknown;
}

/**
 * When a timer of a start event is due, counted from now; undefined if that cannot be read from the model, or never: a
 * date starts nothing.
 */
function dueOf({ duration, timeCycle }: TimerTexts): Date | undefined {
  const span = [duration, timeCycle].find((text) => typeof text === 'string' && text !== '');
  if (typeof span !== 'string' || isEvaluated(span)) return undefined;
  const seconds = secondsUntil(span, null);
  return seconds === undefined || seconds <= 0 ? undefined : new Date(wallClock() + seconds * 1000);
}

/** True for a constant that names no time, so that a timer with it can never be due. */
export const namesNoTime = (name: string, text: string): boolean =>
  !isEvaluated(text) &&
  (name === 'timeDate' ? toDate(text, today()) === undefined : secondsUntil(text, null) === undefined);

/**
 * Lets upstream list the start events of a definition. It asks each timer for its time without an item, so that an
 * expression rejects where nobody waits for it, and one that cannot be read is printed.
 */
export function listingStarts(definition: HostDefinition, list: () => void): void {
  const timers = [...definition.nodes.values()].flatMap((node) => {
    const timer = (node as HostNode & { hasTimer?: () => HostBehaviour | undefined }).hasTimer?.();
    return timer ? [timer] : [];
  });
  for (const timer of timers) timer.timeDue = () => Promise.resolve(dueOf(timer as TimerTexts));
  try {
    list();
  } finally {
    for (const timer of timers) delete timer.timeDue;
  }
}
