const DURATION =
  /^P(?!$)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?!$)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const HOUR = 3_600_000;

function after(start: Date, text: string): Date | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(start);
  date.setUTCFullYear(date.getUTCFullYear() + Math.trunc(years), date.getUTCMonth() + Math.trunc(months));
  return new Date(
    date.getTime() + (weeks * 7 + days) * 24 * HOUR + hours * HOUR + minutes * 60_000 + seconds * 1000,
  );
}

/**
 * A date as stored, from a Date, a number of milliseconds, an ISO 8601 date, or an ISO 8601 duration counted from
 * `start`. Undefined if it is none of these.
 */
export function toDate(value: unknown, start: Date): Date | undefined {
  if (value instanceof Date || typeof value === 'number') {
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? undefined : date;
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const date = after(start, text) ?? (/^\d{4}-\d{2}(-\d{2})?/.test(text) ? new Date(text) : undefined);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

/** A priority as stored: a finite number, which may be given as text. Undefined otherwise. */
export function toPriority(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
