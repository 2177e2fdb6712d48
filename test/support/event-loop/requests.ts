import fc from 'fast-check';

const text = (n: number): string => 'x'.repeat(n);

const field = fc.constantFrom(
  'data.s',
  'data.l',
  'data.l.s',
  'data.l.l',
  'data.l.l.s',
  'data.l.7',
  'data.l.0.l.3.s',
  'data.o.f19999',
  'data.none',
  'name',
  'startedBy',
  'items.name',
  'items.elementId',
  'items.assignee',
  'items.candidateUsers',
);
const pattern = fc.constantFrom(
  'a*b',
  'a*a*a*b',
  '(a|aa)a*c',
  '.*x',
  '^.*a.*$',
  '\\w+@',
  'a{1,100}b',
  'a.*b.{0,20}$',
  '^a*$',
  'b',
  '[ab]*[^ab@ \\n]',
  '\\w*\\d',
);
const scalar = fc.oneof(
  fc.nat(100_000),
  fc.double({ noNaN: true }),
  fc.constantFrom('a', 't5', 'v44999', 'alice', 'wait', text(2000)),
  fc.nat(100_000).map((n) => new Date(n)),
  fc.boolean(),
);
const condition = fc.oneof(
  { weight: 3, arbitrary: pattern.map(($regex) => ({ $regex })) },
  { weight: 1, arbitrary: pattern.map(($regex) => ({ $regex, $options: 'i' })) },
  {
    weight: 2,
    arbitrary: fc.array(scalar, { minLength: 1, maxLength: 500, size: 'max' }).map(($in) => ({ $in })),
  },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 500, size: 'max' }).map(($nin) => ({ $nin })) },
  { weight: 1, arbitrary: scalar.map(($gt) => ({ $gt })) },
  { weight: 1, arbitrary: scalar.map(($ne) => ({ $ne })) },
  { weight: 1, arbitrary: scalar },
  { weight: 1, arbitrary: fc.boolean().map(($exists) => ({ $exists })) },
  { weight: 1, arbitrary: pattern.map(($regex) => ({ $not: { $regex } })) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const leaf = fc.tuple(field, condition).map(([name, value]) => ({ [name]: value }));
const { filter } = fc.letrec<{ filter: Record<string, unknown> }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: leaf },
    { weight: 2, arbitrary: fc.array(tie('filter'), { minLength: 1, maxLength: 6 }).map(($or) => ({ $or })) },
    {
      weight: 1,
      arbitrary: fc.array(tie('filter'), { minLength: 1, maxLength: 6 }).map(($nor) => ({ $nor })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie('filter'), { minLength: 1, maxLength: 4 }).map(($and) => ({ $and })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('name', 'assignee', 'candidateUsers'), condition)
        .map(([name, value]) => ({ items: { $elemMatch: { [name]: value } } })),
    },
  ),
}));
const sort = fc.option(
  fc.dictionary(
    fc.constantFrom('data.s', 'data.l', 'data.l.s', 'data.l.l', 'data.o', 'name', 'startedAt', '_id'),
    fc.constantFrom(1, -1),
    { minKeys: 1, maxKeys: 3 },
  ),
  { nil: undefined },
);
const projection = fc.option(fc.constantFrom({ 'data.l': 1 }, { id: 1 }, { data: 0 }, { 'data.l.s': 1 }), {
  nil: undefined,
});
/** What callers may ask of lists, chosen so that it takes long. */
export const request = fc.record({
  call: fc.constantFrom('find', 'findItems', 'findInstances', 'getPendingUserTasks'),
  user: fc.constantFrom('alice', 'admin'),
  filter,
  sort,
  projection,
  limit: fc.constantFrom(1, 10, 1000),
  getTotalCount: fc.boolean(),
});
export type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;
