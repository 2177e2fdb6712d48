import fc from 'fast-check';
import { bind } from '../../../src/core/evaluation/bind.js';
import {
  and,
  compare,
  eq,
  EVERYTHING,
  exists,
  isIn,
  ne,
  not,
  NOTHING,
  or,
  overlaps,
  some,
  type Comparison,
  type Condition,
  type Reference,
} from '../../../src/core/condition/condition.js';
import { compile } from '../../../src/core/evaluation/evaluate.js';
import type { Resource } from '../../../src/core/resource.js';
import { isPlainObject, type Scalar } from '../../../src/core/value.js';
import { normalise } from '../../../src/store/bson/codec.js';
import {
  needsAllItems,
  relax,
  specialise,
  speaksOf,
  toFilter,
  type Shape,
} from '../../../src/store/query/filter.js';
import { compileMatch } from '../../../src/store/bson/match.js';
import type { Filter } from '../../../src/store/port.js';
import { condition, itemCondition, principal, resource, scalar } from '../../core/arbitraries.js';
import { HOSTILE_VALUES } from '../../core/hostile.js';

const RUNS = { numRuns: 1500 };
const COMPARISONS: readonly Comparison[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'];
const SCALARS: readonly Scalar[] = [
  'alice',
  '',
  1,
  0,
  -0,
  Infinity,
  true,
  false,
  new Date(0),
  '\uffff',
  '\u{1f600}',
];
const ref = (to: Reference['ref'], path: string): Reference => ({ ref: to, path });

/** Every leaf, of the field and a value. */
function leaves(field: string): Condition[] {
  return [
    ...SCALARS.flatMap((value) => COMPARISONS.map((op) => compare(op, field, value))),
    exists(field),
    exists(field, false),
    isIn(field, ['alice', 1, new Date(0)]),
    overlaps(field, ['alice', true]),
    isIn(field, []),
  ];
}

/** Leaves that compare two fields of one document. */
function between(field: string): Condition[] {
  return [ref('data', 'other'), ref('data', 'deep.other'), ref('role', 'owner')].flatMap((to) => [
    eq(field, to),
    ne(field, to),
    isIn(field, to),
    overlaps(field, to),
  ]);
}

const compounds = (parts: readonly Condition[]): Condition[] =>
  parts.flatMap((part, i) => [
    part,
    not(part),
    and(part, parts[(i + 7) % parts.length] as Condition),
    or(part, not(parts[(i + 3) % parts.length] as Condition)),
  ]);

/** What a store gives back of a document. */
const stored = <T extends object>(document: T): T => normalise(document);
const STORABLE = HOSTILE_VALUES.filter(
  (value) =>
    !['function', 'symbol', 'bigint'].includes(typeof value) &&
    !(value instanceof RegExp) &&
    !(value instanceof Map),
);

/** The document that a filter of that shape is asked of. */
function document(shape: Shape, { item, instance, model }: Resource): unknown {
  return { instance, element: item, unwound: { ...instance, items: item, all: instance?.items }, model }[
    shape
  ];
}

/** Asks both the decision and the filter; fails where they differ. */
function comparing(shape: Shape, asked: Condition): (about: Resource) => void {
  const filter = toFilter(asked, shape);
  const [decide, find] = [compile(asked), compileMatch(filter)];
  return (about) => {
    const [decided, found] = [decide(about), find(document(shape, about))];
    if (decided !== found)
      throw new Error(
        `decided ${decided}, found ${found}: ${JSON.stringify(asked)} as ${JSON.stringify(filter)} of ${JSON.stringify(document(shape, about))}`,
      );
  };
}

const expectSame = (shape: Shape, asked: Condition, about: Resource): void => comparing(shape, asked)(about);

const PLACES: Readonly<Record<Shape, { field: string; make: (value: unknown) => Resource }>> = {
  instance: {
    field: 'instance.data.x',
    make: (value) => ({
      instance: {
        data: { x: value, other: 'alice', deep: [{ other: 'alice' }] },
        guard: { roles: { owner: ['alice', 1] } },
      },
    }),
  },
  element: { field: 'item.x', make: (value) => ({ item: { x: value } }) },
  unwound: {
    field: 'item.x',
    make: (value) => ({
      item: { x: value },
      instance: {
        data: { other: value, deep: { other: 'alice' } },
        guard: { roles: { owner: ['alice', 1] } },
        items: [{ x: value }, { x: 'bob' }],
      },
    }),
  },
  model: { field: 'model.x', make: (value) => ({ model: { name: 'm', x: value } }) },
};

describe.each(Object.keys(PLACES) as Shape[])('asked of one %s', (shape) => {
  const { field, make } = PLACES[shape];
  const all = compounds([
    ...leaves(field),
    ...(shape === 'instance' || shape === 'unwound' ? between(field) : []),
  ]);
  const questions = all.map((asked) => comparing(shape, asked));

  test.each(STORABLE.map((value) => [value]))(
    'every condition is a filter that answers as the decision does about %p',
    (value) => {
      for (const one of [value, [value], [value, 'alice'], [[value]], { y: value }]) {
        const about = stored(make(one)) as Resource;
        for (const ask of questions) ask(about);
      }
    },
  );

  test('no condition becomes a filter that has null in it', () => {
    const nulls = (filter: unknown): boolean =>
      filter === null ||
      (typeof filter === 'object' &&
        !(filter instanceof Date) &&
        Object.values(filter as object).some(nulls));
    for (const asked of all) expect(nulls(toFilter(asked, shape))).toBe(false);
  });
});

describe('a path', () => {
  const list = {
    data: {
      x: [{ y: 'alice' }, { y: ['bob'] }, 'alice', [{ y: 'eve' }], { 0: { y: 'zed' } }],
      n: [['alice'], 'bob'],
    },
  };
  test.each([
    'instance.data.x.y',
    'instance.data.x.0',
    'instance.data.x.0.y',
    'instance.data.x.1.y.0',
    'instance.data.x.3.y',
    'instance.data.x.3.0.y',
    'instance.data.n',
    'instance.data.n.0',
    'instance.data.n.0.0',
    'instance.data.n.1',
    'instance.data.n.00',
    'instance.data.n.-1',
    'instance.data.n.length',
    'instance.data.x.constructor',
  ])('%s through lists means the same', (path) => {
    for (const name of ['alice', 'bob', 'eve', 'zed'])
      for (const asked of compounds([eq(path, name), ne(path, name), exists(path), isIn(path, [name])]))
        expectSame('instance', asked, { instance: list });
  });

  test('through the list of items reaches all of them, also where one is unwound', () => {
    const items = [
      { id: 'a', x: 'alice' },
      { id: 'b', x: 'bob' },
    ];
    for (const item of items) {
      for (const asked of compounds([
        eq('instance.items.x', 'alice'),
        ne('instance.items.x', 'alice'),
        exists('instance.items.x'),
        eq('item.x', 'bob'),
        some('instance.items', eq('item.x', 'bob')),
      ])) {
        expectSame('unwound', asked, { item, instance: { items } });
        expectSame('instance', asked.op === 'some' ? asked : some('instance.items', eq('item.x', 'bob')), {
          instance: { items },
        });
      }
    }
    expect(
      [
        eq('instance.items.x', 'a'),
        not(and(eq('item.x', 'a'), some('instance.items', eq('item.x', 'a')))),
        or(eq('instance.itemsX', 'a')),
        eq('item.items', 'a'),
      ].map(needsAllItems),
    ).toEqual([true, true, false, false]);
  });

  test('of what the shape does not have is refused', () => {
    expect(() => toFilter(eq('item.x', 1), 'instance')).toThrow(
      new TypeError('Field item.x cannot be evaluated on the shape instance'),
    );
    expect(() => toFilter(eq('instance.x', 1), 'element')).toThrow(
      new TypeError('Field instance.x cannot be evaluated on the shape element'),
    );
    expect(() => toFilter(eq('model.x', 1), 'unwound')).toThrow(
      new TypeError('Field model.x cannot be evaluated on the shape unwound'),
    );
    expect(() => toFilter(eq('instance.x', 1), 'model')).toThrow(
      new TypeError('Field instance.x cannot be evaluated on the shape model'),
    );
    expect(() => toFilter(some('instance.items', eq('item.x', 1)), 'element')).toThrow(
      new TypeError('List instance.items cannot be evaluated on the shape element'),
    );
    expect(() => toFilter(some('instance.data.list', eq('item.x', 1)), 'instance')).toThrow(
      new TypeError('List instance.data.list cannot be evaluated on the shape instance'),
    );
    expect(() => toFilter(eq('item.x', ref('data', 'y')), 'element')).toThrow(
      new TypeError('Field instance.data.y cannot be evaluated on the shape element'),
    );
  });

  test.each<[what: string, asked: Condition]>([
    ['eq', eq('instance.x', ref('user', 'userName'))],
    ['in', isIn('instance.x', ref('user', 'userGroups'))],
    ['overlaps', overlaps('instance.x', ref('user', 'userGroups'))],
    ['lt', compare('lt', 'instance.x', ref('data', 'y'))],
  ])('a %s that is not bound is refused', (op, asked) => {
    expect(() => toFilter(asked, 'instance')).toThrow(
      new TypeError(`Condition ${op} on instance.x is not bound to a principal`),
    );
  });
});

describe('a condition without fields', () => {
  test.each<[condition: Condition, filter: Filter]>([
    [EVERYTHING, {}],
    [NOTHING, { $nor: [{}] }],
  ] as const)('%j is %j in every shape', (asked, filter) => {
    for (const shape of Object.keys(PLACES) as Shape[]) expect(toFilter(asked, shape)).toEqual(filter);
  });
});

describe('an element of a list', () => {
  const starts = [{ open: false, users: ['carol'], groups: [] }, { open: true }, 'x', null];
  test('may be a start event', () => {
    const model = { name: 'm', guard: { starts } };
    for (const where of [
      eq('item.open', true),
      and(eq('item.open', false), overlaps('item.users', ['carol'])),
      and(eq('item.open', true), overlaps('item.users', ['carol'])),
    ])
      expectSame('model', some('model.guard.starts', where), { model });
  });

  test.each<[what: string, items: unknown]>([
    ['no list', undefined],
    ['null', null],
    ['a document', { x: 'alice' }],
    ['a text', 'alice'],
    ['an empty list', []],
    ['lists', [[], [{ x: 'alice' }], ['alice']]],
    ['dates', [new Date(0)]],
    ['holes', [null, 5, 'alice', { x: 'alice' }]],
    [
      'crossed',
      [
        { x: 'alice', y: 1 },
        { x: 'bob', y: 2 },
      ],
    ],
  ])('is one document of it: %s', (_what, items) => {
    for (const where of [
      eq('item.x', 'alice'),
      ne('item.x', 'alice'),
      and(eq('item.x', 'alice'), eq('item.y', 2)),
      not(eq('item.x', 'alice')),
      exists('item.x', false),
    ]) {
      for (const asked of [some('instance.items', where), not(some('instance.items', where))])
        expectSame('instance', asked, { instance: { items } as Resource['instance'] & object });
    }
  });
});

test('whatever the condition, it is a filter that answers as the decision does', () => {
  fc.assert(
    fc.property(condition, principal, resource, (asked, who, about) => {
      const bound = bind(asked, who);
      const { item, instance } = stored(about) as Resource;
      const mentions = speaksOf(bound);
      expectSame('unwound', bound, { item: item ?? {}, instance: instance ?? {} });
      if (!mentions.item) expectSame('instance', bound, { instance: instance ?? {} });
    }),
    RUNS,
  );
  fc.assert(
    fc.property(itemCondition, principal, resource, (asked, who, about) =>
      expectSame('element', bind(asked, who), { item: (stored(about) as Resource).item ?? {} }),
    ),
    RUNS,
  );
});

describe('what must hold of the instance', () => {
  test('is never too narrow', () => {
    fc.assert(
      fc.property(condition, principal, resource, (asked, who, about) => {
        const { instance = {} } = stored(about) as Resource;
        const bound = bind(asked, who);
        const holds = compile(bound);
        const relaxed = relax(bound);
        expect(speaksOf(relaxed).item).toBe(false);
        const { items } = instance;
        for (const item of (Array.isArray(items) ? items : []) as unknown[]) {
          if (isPlainObject(item) && holds({ item, instance }))
            expect(compile(relaxed)({ instance })).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test.each<[what: string, asked: Condition, relaxed: Condition]>([
    ['of the instance alone', eq('instance.x', 1), eq('instance.x', 1)],
    ['of the item alone', eq('item.x', 1), some('instance.items', eq('item.x', 1))],
    ['of the item, negated', not(eq('item.x', 1)), some('instance.items', not(eq('item.x', 1)))],
    [
      'of both, and: the parts of the item on one item',
      and(eq('item.x', 1), eq('instance.y', 2), eq('item.z', 3)),
      and(some('instance.items', and(eq('item.x', 1), eq('item.z', 3))), eq('instance.y', 2)),
    ],
    [
      'of both, or',
      or(eq('item.x', 1), eq('instance.y', 2)),
      or(some('instance.items', eq('item.x', 1)), eq('instance.y', 2)),
    ],
    ['of both, compared with each other', eq('item.x', ref('data', 'y')), EVERYTHING],
    ['of both, negated', not(and(eq('item.x', 1), eq('instance.y', 2))), EVERYTHING],
    ['of nothing', NOTHING, NOTHING],
  ])('%s', (_what, asked, expected) => expect(relax(asked)).toEqual(expected));
});

test.each<[asked: Condition, item: boolean, instance: boolean]>([
  [eq('item.x', 1), true, false],
  [eq('instance.x', 1), false, true],
  [eq('item.x', ref('data', 'y')), true, true],
  [isIn('item.x', ref('role', 'y')), true, true],
  [exists('item.x'), true, false],
  [not(exists('instance.x')), false, true],
  [some('instance.items', eq('item.x', 1)), false, true],
  [and(eq('item.x', 1), or(eq('instance.x', 1), eq('item.y', 1))), true, true],
  [EVERYTHING, false, false],
])('%j speaks of the item: %s, of the instance: %s', (asked, item, instance) => {
  expect(speaksOf(asked)).toEqual({ item, instance });
});

describe('where a field is known to have a value', () => {
  const known = new Map<string, Scalar>([
    ['item.type', 'T'],
    ['item.dueDate', new Date(5)],
  ]);
  test.each<[asked: Condition, specialised: Condition]>([
    [eq('item.type', 'T'), EVERYTHING],
    [ne('item.type', 'T'), NOTHING],
    [isIn('item.type', ['S', 'T']), EVERYTHING],
    [overlaps('item.type', ['T']), EVERYTHING],
    [not(eq('item.type', 'T')), NOTHING],
    [eq('item.dueDate', new Date(5)), EVERYTHING],
    [ne('item.dueDate', new Date(5)), NOTHING],
    [isIn('item.dueDate', [new Date(5)]), EVERYTHING],
    [and(eq('item.type', 'T'), eq('item.x', 1)), eq('item.x', 1)],
    [
      or(and(ne('item.type', 'T'), some('instance.items', eq('item.x', 1))), eq('item.x', 1)),
      eq('item.x', 1),
    ],
  ])('%j follows or is refuted', (asked, expected) => expect(specialise(asked, known)).toEqual(expected));

  test.each<[asked: Condition]>([
    [eq('item.type', 'S')],
    [ne('item.type', 'S')],
    [isIn('item.type', ['S'])],
    [eq('item.type', ref('data', 'x'))],
    [compare('gt', 'item.dueDate', new Date(1))],
    [exists('item.type', false)],
    [some('instance.items', eq('item.type', 'S'))],
    [eq('item.x', 'T')],
  ])('%j stays: the field may hold a list', (asked) => {
    expect(specialise(asked, known)).toEqual(asked);
  });

  test.each<[asked: Condition]>([
    [and(eq('item.x', 'T'), exists('item.type'))],
    [or(eq('item.x', 'T'), not(and(eq('item.y', 1), eq('item.type', 'S'))))],
    [not(some('instance.items', eq('item.type', 'T')))],
  ])('%j stays the same object, by which its filters are kept', (asked) => {
    expect(specialise(asked, known)).toBe(asked);
  });

  test('the answer about what has the value is never another', () => {
    fc.assert(
      fc.property(
        condition,
        principal,
        resource,
        fc.constantFrom('item.assignee', 'item.candidateGroups', 'item.status'),
        scalar,
        (asked, who, about, field, value) => {
          const bound = bind(asked, who);
          const one = stored(about) as Resource;
          const key = field.slice('item.'.length);
          for (const held of [value, [value], [value, 'alice', 2, new Date(0)]]) {
            const with_ = stored({ ...one, item: { ...one.item, [key]: held } }) as Resource;
            expect(compile(specialise(bound, new Map([[field, value]])))(with_)).toBe(compile(bound)(with_));
          }
        },
      ),
      RUNS,
    );
  });
});

describe('what a condition needs to know', () => {
  const [I, N, L] = [
    eq('item.status', 'wait'),
    eq('instance.name', 'M'),
    eq('instance.items.status', 'wait'),
  ];
  const cases = (field: string, ...whens: Condition[]): Condition => ({
    op: 'cases',
    field,
    cases: whens.map((when, at) => ({ value: `v${at}`, when })),
  });
  const two = eq('item.assignee', { ref: 'data', path: 'x' });

  test.each<[string, Condition, [item: boolean, instance: boolean]]>([
    ['a field of the item', I, [true, false]],
    ['a field of the instance', N, [false, true]],
    ['one of each', and(I, N), [true, true]],
    ['a negation', not(I), [true, false]],
    ['nothing', EVERYTHING, [false, false]],
    ['an element of a list', some('instance.items', I), [false, true]],
    ['two fields', two, [true, true]],
    ['cases of the item', cases('item.elementId', I, EVERYTHING), [true, false]],
    ['cases of the item, about the instance', cases('item.elementId', I, N), [true, true]],
    ['cases of the instance', cases('instance.name', N, EVERYTHING), [false, true]],
    ['cases of the instance, about the item', cases('instance.name', I, EVERYTHING), [true, true]],
  ])('%s', (_what, condition, [item, instance]) => {
    expect(speaksOf(condition)).toEqual({ item, instance });
  });

  test.each<[Condition, boolean]>([
    [I, false],
    [N, false],
    [L, true],
    [not(L), true],
    [and(I, L), true],
    [some('instance.items', I), true],
    [cases('instance.name', I, N), false],
    [cases('instance.name', I, L), true],
    [cases('instance.items.status', I), true],
  ])('%j needs all items: %s', (condition, expected) => {
    expect(needsAllItems(condition)).toBe(expected);
  });

  test.each<[string, Condition, Condition]>([
    ['of the instance', N, N],
    ['of the item', I, some('instance.items', I)],
    ['of both', and(I, N), and(some('instance.items', I), N)],
    ['of two fields', two, EVERYTHING],
    ['of two fields and the instance', and(two, N), N],
    ['of one or the other', or(I, N), or(some('instance.items', I), N)],
    ['of the item and a negation of both', and(I, not(and(I, N))), some('instance.items', I)],
    ['by cases of the item', cases('item.elementId', I, N), or(some('instance.items', I), N)],
    [
      'by cases of the instance',
      cases('instance.name', I, N),
      {
        op: 'cases',
        field: 'instance.name',
        cases: [
          { value: 'v0', when: some('instance.items', I) },
          { value: 'v1', when: N },
        ],
      },
    ],
  ])(
    'an item for which a condition holds is in an instance for which this holds: %s',
    (_what, condition, expected) => {
      expect(relax(condition)).toEqual(expected);
    },
  );

  const known = new Map<string, Scalar>([['item.elementId', 'v0']]);

  test.each<[string, Condition, Condition]>([
    ['another field', I, I],
    ['the same value', eq('item.elementId', 'v0'), EVERYTHING],
    ['another value', eq('item.elementId', 'v1'), eq('item.elementId', 'v1')],
    ['not the same value', ne('item.elementId', 'v0'), NOTHING],
    [
      'a reference',
      eq('item.elementId', { ref: 'data', path: 'x' }),
      eq('item.elementId', { ref: 'data', path: 'x' }),
    ],
    ['a list with it', isIn('item.elementId', ['x', 'v0']), EVERYTHING],
    ['a list without it', isIn('item.elementId', ['x']), isIn('item.elementId', ['x'])],
    ['a list of another field', isIn('item.type', ['v0']), isIn('item.type', ['v0'])],
    [
      'a list that is a reference',
      overlaps('item.elementId', { ref: 'data', path: 'x' }),
      overlaps('item.elementId', { ref: 'data', path: 'x' }),
    ],
    ['a negation', not(eq('item.elementId', 'v0')), NOTHING],
    ['more', and(eq('item.elementId', 'v0'), I), I],
    ['cases', cases('item.elementId', I, N), or(I, cases('item.elementId', I, N))],
    [
      'cases without it',
      cases('item.type', N, eq('item.elementId', 'v0')),
      cases('item.type', N, EVERYTHING),
    ],
  ])('what is known of a field is put in its place: %s', (_what, condition, expected) => {
    expect(specialise(condition, known)).toEqual(expected);
  });

  test('cases are one test of the field for each outcome', () => {
    const filter = toFilter(cases('instance.name', N, EVERYTHING, EVERYTHING), 'instance');
    expect(filter).toEqual({
      $or: [{ $and: [{ name: { $eq: 'v0' } }, { name: { $eq: 'M' } }] }, { name: { $in: ['v1', 'v2'] } }],
    });
    expect(toFilter(cases('instance.name', EVERYTHING), 'instance')).toEqual({ name: { $eq: 'v0' } });
  });
});
