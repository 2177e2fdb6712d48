import { html } from './html.js';

/** In the server's time zone, which is shown: the reader may be in another. */
const TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const LOCAL_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A point in time, or a dash. */
export function time(value) {
  if (value === undefined || value === null) return '–';
  const date = new Date(value);
  return Number.isNaN(date.getTime())
    ? '–'
    : html`<time datetime="${date.toISOString()}">${TIME.format(date)}</time>`;
}

/** The day of a date, or a dash: due dates are rarely precise to the minute. */
export function day(value) {
  const date = new Date(value ?? NaN);
  return Number.isNaN(date.getTime())
    ? '–'
    : html`<time datetime="${date.toISOString()}" title="${TIME.format(date)}"
        >${LOCAL_DAY.format(date)}</time
      >`;
}

/** A value of process data for people; `field` says how it was entered, if known. */
export function shown(value, field) {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return time(value);
  if (typeof value === 'string' && ISO_DAY.test(value) && !Number.isNaN(Date.parse(value)))
    return DAY.format(new Date(value));
  if (Array.isArray(value)) return value.map((entry) => String(shown(entry))).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return field?.values?.find(({ id }) => id === value)?.name ?? String(value);
}

/** The words for the state of a task. */
export const STATES = Object.freeze({
  open: ['open', 'Open to everybody'],
  unclaimed: ['unclaimed', 'Nobody has taken it yet'],
  rejected: ['rejected', 'All its candidates have rejected it'],
  assigned: ['assigned', 'Somebody works on it'],
  delegated: ['lent', 'Lent to somebody who returns it'],
  closed: ['closed', 'Nobody may do it until an administrator assigns it'],
  suspended: ['suspended', 'Nobody may work on it until it is resumed'],
  starting: ['starting', 'Being prepared'],
  done: ['done', 'Finished'],
});

export function stateBadge(state) {
  const [word, meaning] = STATES[state] ?? [state ?? 'unknown', ''];
  return html`<span class="badge ${state ?? ''}" title="${meaning}">${word}</span>`;
}

/** `paidAmount` as `Paid amount`, for data without a form field. */
const words = (key) =>
  (key.charAt(0).toUpperCase() + key.slice(1))
    .replace(/([a-z0-9])([A-Z])/g, (_, end, begin) => `${end} ${begin.toLowerCase()}`)
    .replace(/_/g, ' ');

/** Process data as a list of labels and values, without technical and empty entries. */
export function dataList(data, fields) {
  const entries = Object.entries(data ?? {}).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  if (entries.length === 0) return html`<p class="muted">Nothing has been entered yet.</p>`;
  return html`<dl class="facts">
    ${entries.map(
      ([key, value]) =>
        html`<div>
          <dt>${fields.get(key)?.label ?? words(key)}</dt>
          <dd>${shown(value, fields.get(key))}</dd>
        </div>`,
    )}
  </dl>`;
}
