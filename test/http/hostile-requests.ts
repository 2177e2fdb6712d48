import fc from 'fast-check';
import { ROUTES } from '../../src/express/routes/index.js';

/** Values in place of names and ids. */
export const NO_NAMES: readonly unknown[] = [
  { $ne: null },
  { $gt: '' },
  { $regex: '.*' },
  { $where: 'sleep(1000)' },
  { toString: 'review' },
  { constructor: { prototype: {} } },
  ['review'],
  [],
  {},
  7,
  -1,
  1e308,
  true,
  false,
];

/** Texts that are no name of a model. */
export const NAMES_THAT_LEAD_OUT: readonly string[] = [
  '../review',
  '..',
  '.',
  '../../../../etc/passwd',
  '/etc/passwd',
  '..\\review',
  'C:\\review',
  'a/b',
  'review\0.bpmn',
  'rev\niew',
  '\u0000',
  '',
  ' ',
  'x'.repeat(201),
];

/** Queries that must be refused wherever one stands. */
export const BAD_QUERIES: readonly unknown[] = [
  { $where: 'true' },
  { $expr: { $eq: [1, 1] } },
  { $function: { body: 'x', args: [], lang: 'js' } },
  { $accumulator: {} },
  { $and: [{ $or: [{ $nor: [{ $where: '1' }] }] }] },
  { items: { $elemMatch: { $where: '1' } } },
  { id: { $where: '1' } },
  { id: { $ne: { $gt: '' } } },
  { id: { toString: 1 } },
  { 'guard.read': 'x' },
  { 'items.guard.owner': 'x' },
  { logs: { $exists: true } },
  { 'data.__proto__.x': 1 },
  { 'data.a.constructor.b': 1 },
  { __proto__x: 1, source: 'x' },
  { id: { $regex: '(a+)+$' } },
  { id: { $in: Array.from({ length: 501 }, () => 'x') } },
  { id: 'x'.repeat(2001) },
  { $and: [] },
  { $comment: 'x' },
  { $text: { $search: 'x' } },
];

const hostileText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...NAMES_THAT_LEAD_OUT,
    '__proto__',
    'constructor',
    'review',
    'wait',
    'alice',
    'admin',
    'SYSTEM',
    '*',
    '%',
    '\ud800',
    '$where',
    "'; drop table",
    '{{7*7}}',
    '${7*7}',
    'ﬀ',
    '🙂',
  ),
);
const hostileKey = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'query',
    'name',
    'id',
    'items.id',
    '$ne',
    '$where',
    '$or',
    'data',
    'data.a',
    'userId',
    'user',
    'options',
    '',
    'a.b',
    '$date',
    'length',
  ),
  fc.string(),
);

/** JSON with keys and texts that have hurt others. */
export const hostileValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(hostileText, fc.constantFrom(null, true, false, 0, -1, 1e21, 1.5), fc.integer()),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(hostileKey, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
    fc.constantFrom(...NO_NAMES, ...BAD_QUERIES),
  ),
})).value;

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: string | undefined;
}

const encode = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80';
  }
};

const segment = fc.oneof(
  hostileText.map(encode),
  fc.constantFrom(
    '%',
    '%2',
    '%zz',
    '%c0%af',
    '%00',
    '..%2f..',
    '%2e%2e',
    '.',
    '..',
    'review',
    'x'.repeat(5000),
  ),
);
/** Nothing that would not be a request at all. */
const sendable = (path: string): string => path.replace(/[^\u0021-\u007e]/g, '_');

const aRoute = fc.constantFrom(...ROUTES);

/** A request for one of the routes, with anything in its path, query string and body. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = aRoute.chain((route) => {
  const names = [...Object.keys(route.takes), 'userId', 'userName', 'user'];
  const fields = fc.record(Object.fromEntries(names.map((name) => [name, hostileValue])), {
    requiredKeys: [],
  });
  const json = fc
    .oneof({ weight: 5, arbitrary: fields }, { weight: 2, arbitrary: hostileValue })
    .map((value) => JSON.stringify(value));
  const body = fc.oneof(
    { weight: 8, arbitrary: json },
    fc.string(),
    fc.constant(undefined),
    fc.constant('{"a":'),
    fc.constant('['.repeat(100_000)),
    fc.constant('{"a":'.repeat(20_000)),
  );
  const type = fc.oneof(
    { weight: 8, arbitrary: fc.constant('application/json') },
    fc.constantFrom(
      'multipart/form-data; boundary=x',
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'multipart/form-data',
      undefined,
    ),
  );
  const method = fc.oneof(
    { weight: 6, arbitrary: fc.constant<string>(route.method) },
    fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
  );
  const queryString = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    fc
      .array(
        fc.tuple(
          fc.oneof(fc.constantFrom(...names), hostileKey),
          fc.oneof(
            hostileText,
            hostileValue.map((value) => JSON.stringify(value)),
          ),
        ),
        { maxLength: 3 },
      )
      .map((pairs) => `?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`),
    fc.constantFrom('?', '?%', '?a[b]=1', '?query[$ne]=1', '?&&&', '?apiKey=x', `?name=${'x'.repeat(8000)}`),
  );
  const inputs = (route.path.match(/:\w+/g) ?? []).length;
  const path = fc
    .array(segment, { minLength: inputs, maxLength: inputs })
    .map((segments) =>
      segments.reduce((made, value) => made.replace(/:\w+/, () => value || '%00'), route.path),
    );
  return fc.record({
    method,
    path: fc
      .tuple(path, queryString, fc.constantFrom('', '', '/'))
      .map(([made, query, slash]) => sendable(made + slash + query)),
    type,
    body,
  });
});
