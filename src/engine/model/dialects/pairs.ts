/**
 * The key of a pair in a text: JSON, YAML, properties, a query. It has up to three words, begins a line or follows the
 * end of a pair, and has a value: `assignee: ann`, `"assignee":"ann"`, `colour=red;assignee=ann`, `- assignee: ann`.
 * A comparison (`role == "x"`, `role => x`) is none, nor is an address (`http://`).
 */
const KEY = new RegExp(
  '(?:^|[\\n\\r,;{[(|&?])[ \\t\\-*]*["\'`]?' +
    '([\\p{L}_][\\p{L}\\p{M}\\p{N}_.-]{0,59}(?: [\\p{L}\\p{M}\\p{N}_.-]{1,30}){0,2})' +
    '["\'`]?[ \\t]{0,20}(?::(?!//)|=(?![=>~]))(?=\\s{0,200}[^\\s,;})\\]])',
  'gu',
);
/** A tag of XML that is written as text. */
const TAG = /<([\p{L}_][\p{L}\p{M}\p{N}_.:-]{0,59})[\s/>]/gu;
/** An address: the part after its question mark is about something else. */
const ADDRESS = /^\s*[a-z][a-z\d+.-]{0,30}:\/\/\S*\s*$/i;
const QUOTES = /&(?:quot|apos|#3[49]|#x2[27]);/gi;

/** The keys in a text, as written, and in a part of a document of which the text has not been decoded. */
export function keysOf(text: string): string[] {
  if (ADDRESS.test(text)) return [];
  const plain = text.replace(QUOTES, '"');
  return [...plain.matchAll(KEY), ...plain.matchAll(TAG)].map(([, key]) => key as string);
}
