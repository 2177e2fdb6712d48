import fc from 'fast-check';
import { createDecisionPoint } from '../../../../src/core/decision/decision-point.js';
import { changedSet, compileSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { tenants } from '../../../../src/core/policies/tenants.js';
import {
  PERMISSION_NAMES,
  ROOT,
  type SectionPermission,
} from '../../../../src/core/policies/sections/permissions.js';
import {
  grantId,
  modelId,
  readPlace,
  rootEntries,
  type SectionPlace,
} from '../../../../src/core/policies/sections/section-entries.js';
import { Sections } from '../../../../src/core/policies/sections/sections.js';
import { PolicySet, type PolicyChange } from '../../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../../src/core/principal.js';
import { isRough } from '../../../../src/core/decision/scope.js';
import { CASES } from '../../../support/cases.js';

type Holder = { readonly user: string } | { readonly group: string };

const section = (id: string, value: unknown = {}): PolicyChange => ({ kind: 'section', id, value });
const grant = (on: SectionPlace, to: Holder, ...permissions: string[]): PolicyChange => ({
  kind: 'section-permission',
  id: grantId(on, to),
  value: { ...on, ...to, permissions },
});
const placed = (model: string, facts: object = {}): PolicyChange => ({
  kind: 'section-model',
  id: modelId({ model }),
  value: { model, ...facts },
});
const setOf = (...changes: PolicyChange[]): PolicySet => changedSet(PolicySet.EMPTY, readChanges(changes));
const person = (userName: string, ...userGroups: string[]) => new SecureUser({ userName, userGroups });
const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect((error as { code?: string }).code).toBe('bad-policy');
    return (error as Error).message;
  }
  throw new Error('Expected a refusal.');
};

describe('entries', () => {
  test.each([
    ['a permission', grant({ section: 'hr' }, { group: 'g' }, 'raed'), 'Did you mean read?'],
    ['a section', grant({ section: 'hhr' }, { group: 'g' }, 'read'), 'Did you mean hr?'],
    ['a parent', section('sub', { parent: 'hrr' }), 'Did you mean hr?'],
    ['the section of a model', placed('M', { section: 'hrr' }), 'Did you mean hr?'],
    ['a field', section('sub', { parnet: 'hr' }), 'Did you mean parent?'],
    ['a kind', { kind: 'sections', id: 'x', value: {} }, 'Did you mean section?'],
  ])('%s that is not known is refused with the nearest known name', (_what, change, hint) => {
    expect(refused(() => setOf(section(ROOT), section('hr'), change))).toContain(hint);
  });

  test.each([
    ['itself', [section('a', { parent: 'a' })]],
    [
      'one below it',
      [section('a', { parent: 'c' }), section('b', { parent: 'a' }), section('c', { parent: 'b' })],
    ],
  ])('a section in %s is refused', (_what, changes) => {
    expect(refused(() => setOf(section(ROOT), ...changes))).toContain('which is in it');
  });

  test('ROOT is needed, cannot be removed, and has no parent', () => {
    expect(refused(() => setOf(section('hr')))).toContain('need the section ROOT');
    const before = setOf(section(ROOT));
    expect(refused(() => changedSet(before, [section(ROOT, null)]))).toContain('ROOT cannot be removed');
    expect(changedSet(before, [section(ROOT, null)], { switchOffSections: true }).size).toBe(0);
    expect(refused(() => setOf(section(ROOT, { parent: 'x' })))).toContain('no parent');
  });

  test('a section is not removed while a section, a model or permissions name it', () => {
    const before = setOf(section(ROOT), section('hr'));
    for (const other of [
      section('sub', { parent: 'hr' }),
      placed('M', { section: 'hr' }),
      grant({ section: 'hr' }, { user: 'u' }, 'read'),
    ]) {
      const with_ = changedSet(before, readChanges([other]));
      expect(refused(() => changedSet(with_, [section('hr', null)]))).toContain('does not exist');
      expect(changedSet(with_, [section('hr', null), { ...other, value: null }]).size).toBe(1);
    }
  });

  test('an id that does not belong to its value is refused', () => {
    const other = { ...grant({ section: ROOT }, { user: 'u' }, 'read'), id: 'x' };
    expect(refused(() => setOf(section(ROOT), other))).toContain('must have the id');
    expect(refused(() => setOf(section(ROOT), { ...placed('M'), id: 'M' }))).toContain('must have the id');
  });
});

test('ROOT begins with the four default groups, and what they have can be changed', () => {
  const sections = new Sections(setOf(...rootEntries()));
  const has = (group: string, permission: SectionPermission): boolean =>
    sections.holds(person('x', group), { model: 'M' }, permission);
  expect(has('bp-viewer', 'read')).toBe(true);
  expect(has('bp-viewer', 'bpmn-process-instance-run')).toBe(false);
  expect(has('bp-developer', 'bpmn-process-instance-run')).toBe(true);
  expect(has('bp-manager', 'bpmn-process-def-report-view')).toBe(true);
  expect(has('bp-administrator', 'bpmn-process-instance-edit')).toBe(true);
  for (const permission of ['bpmn-section-create-process-def', 'bpmn-section-create-subsection'] as const)
    expect(has('bp-administrator', permission)).toBe(false);
  expect(sections.holds(person('bp-viewer'), { model: 'M' }, 'read')).toBe(false);
});

test('what is effective names the place from which each permission comes, and to whom it is given there', () => {
  const sections = new Sections(
    setOf(
      section(ROOT),
      section('a', { parent: ROOT }),
      section('b', { parent: 'a' }),
      section('closed', { parent: 'b', inherit: false }),
      placed('M', { section: 'b' }),
      grant({ section: ROOT }, { group: 'g' }, 'read'),
      grant({ section: 'a' }, { user: 'ann' }, 'read', 'write'),
      grant({ model: 'M' }, { group: 'g' }, 'bpmn-process-instance-run'),
    ),
  );
  const ann = person('ann', 'g', 'other');
  expect(Object.fromEntries(sections.effective(ann, { model: 'M' }))).toEqual({
    read: [
      { section: 'a', user: 'ann' },
      { section: ROOT, group: 'g' },
    ],
    write: [{ section: 'a', user: 'ann' }],
    'bpmn-process-instance-run': [{ model: 'M', group: 'g' }],
  });
  expect(sections.effective(ann, { section: 'closed' }).size).toBe(0);
  expect([...sections.effective(ann, { model: 'elsewhere' }).keys()]).toEqual(['read']);
});

test('a deep tree does not use a deeper stack', () => {
  const levels = 5_000;
  const chain = Array.from({ length: levels }, (_, i) =>
    section(`s${i}`, i === 0 ? {} : { parent: `s${i - 1}` }),
  );
  const set = setOf(
    section(ROOT),
    ...chain.reverse(),
    placed('deep', { section: `s${levels - 1}` }),
    grant({ section: ROOT }, { user: 'ann' }, 'read'),
    grant({ section: 's17' }, { user: 'ben' }, 'read'),
  );
  const sections = new Sections(set);
  for (const name of ['ann', 'ben'])
    expect(sections.holds(person(name), { model: 'deep' }, 'read')).toBe(true);
  expect(sections.holds(person('ben'), { section: 's16' }, 'read')).toBe(false);
  expect(sections.effective(person('ben'), { model: 'deep' }).get('read')).toEqual([
    { section: 's17', user: 'ben' },
  ]);
  expect(refused(() => changedSet(set, [section('s0', { parent: `s${levels - 1}` })]))).toContain(
    'which is in it',
  );
});

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;
const MODELS = ['K', 'L', 'M', 'N'] as const;
const PEOPLE = [person('ann', 'g'), person('ben', 'g', 'h'), person('cid')];
const HOLDERS: readonly Holder[] = [
  { user: 'ann' },
  { user: 'ben' },
  { group: 'g' },
  { group: 'h' },
  { user: 'g' },
];
const anyGrant = fc.record({
  on: fc.oneof(
    fc.constantFrom<SectionPlace>({ section: ROOT }, ...IDS.map((id) => ({ section: id }))),
    fc.constantFrom<SectionPlace>(...MODELS.map((model) => ({ model }))),
  ),
  to: fc.constantFrom(...HOLDERS),
  permissions: fc.uniqueArray(fc.constantFrom(...PERMISSION_NAMES), { minLength: 1, maxLength: 6 }),
});
const anyTree = fc.record({
  // Each section is in ROOT, or in one before it.
  parents: fc.tuple(...IDS.map((_, at) => fc.integer({ min: -1, max: at - 1 }))),
  inherit: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  models: fc.tuple(...MODELS.map(() => fc.option(fc.integer({ min: -1, max: 4 })))),
  ofModels: fc.tuple(...MODELS.map(() => fc.constantFrom({}, { inherit: false }, { gone: true }))),
  grants: fc.array(anyGrant, { maxLength: 12 }),
});
type Tree = typeof anyTree extends fc.Arbitrary<infer T> ? T : never;

const at = (index: number): string => IDS[index] ?? ROOT;
function entriesOf({ parents, inherit, models, ofModels, grants }: Tree): PolicyChange[] {
  return [
    section(ROOT),
    ...IDS.map((id, i) => section(id, { parent: at(parents[i] as number), inherit: inherit[i] })),
    ...MODELS.flatMap((name, i) => {
      const where = models[i];
      return where === null || where === undefined
        ? []
        : [placed(name, { section: at(where), ...ofModels[i] })];
    }),
    ...grants.map(({ on, to, permissions }) => grant(on, to, ...permissions)),
  ];
}

/** Walks from the place to ROOT and looks at every entry: nothing is kept, nothing numbered. */
function naively(set: PolicySet, who: SecureUser, place: SectionPlace, permission: string): boolean {
  const gives = (on: SectionPlace): boolean =>
    [...set.of('section-permission').values()].some((value) => {
      const { permissions, user, group, ...rest } = value as Record<string, unknown> & {
        permissions: string[];
      };
      const to = user === undefined ? who.userGroups.includes(group as string) : user === who.userName;
      return to && permissions.includes(permission) && JSON.stringify(rest) === JSON.stringify(on);
    });
  if ('model' in place) {
    const facts = (set.of('section-model').get(modelId(place)) ?? {}) as {
      section?: string;
      inherit?: false;
    };
    const inherits = facts.inherit !== false;
    return gives(place) || (inherits && naively(set, who, { section: facts.section ?? ROOT }, permission));
  }
  if (gives(place)) return true;
  const { parent, inherit } = set.of('section').get(place.section) as { parent?: string; inherit?: false };
  if (place.section === ROOT || inherit === false) return false;
  return naively(set, who, { section: parent ?? ROOT }, permission);
}

const PLACES: readonly SectionPlace[] = [
  { section: ROOT },
  ...IDS.map((id) => ({ section: id })),
  ...[...MODELS, 'elsewhere'].map((model) => ({ model })),
];

/** What a decision about the place should be, and is not. */
type Wrong = readonly [who: string, place: SectionPlace, asked: string, expected: boolean];

test('in generated trees, permissions equal those found by a walk over all entries', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(anyTree, (tree) => {
      const set = setOf(...entriesOf(tree));
      const sections = new Sections(set);
      const wrong: Wrong[] = [];
      for (const who of PEOPLE)
        for (const place of PLACES) {
          const effective = sections.effective(who, place);
          for (const permission of PERMISSION_NAMES) {
            const expected = naively(set, who, place, permission);
            seen.add(expected);
            if (sections.holds(who, place, permission) !== expected || effective.has(permission) !== expected)
              wrong.push([who.userName, place, permission, expected]);
          }
        }
      expect(wrong).toEqual([]);
    }),
    { numRuns: 50 * CASES },
  );
  expect(seen.size).toBe(2);
});

test.each([
  ['few', 0],
  ['many', 60],
])(
  'in generated trees with %s models, decisions about models and instances equal the permissions',
  (_, count) => {
    const others = [ROOT, ...IDS].flatMap((id) =>
      Array.from({ length: count }, (_model, at) => placed(`other ${at} of ${id}`, { section: id })),
    );
    const OPERATIONS = [
      ['model:read', 'read'],
      ['model:delete', 'write'],
      ['instance:migrate', 'bpmn-process-instance-migrate'],
      ['instance:read', 'bpmn-process-instance-read'],
      ['instance:cancel', 'bpmn-process-instance-edit'],
    ] as const;
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(anyTree, (tree) => {
        const set = setOf(...entriesOf(tree), ...others);
        const point = createDecisionPoint([tenants, ...compileSet(set).policies]);
        const wrong: Wrong[] = [];
        for (const who of PEOPLE)
          for (const name of [...MODELS, 'elsewhere']) {
            const gone =
              (set.of('section-model').get(modelId({ model: name })) as { gone?: true })?.gone === true;
            for (const [operation, permission] of OPERATIONS) {
              const ofModel = operation.startsWith('model:');
              const expected = naively(set, who, { model: name }, permission) && !(ofModel && gone);
              const resource = ofModel ? { model: { name } } : { instance: { name, items: [] } };
              seen.add(expected);
              if (point.allows(who, operation, resource) !== expected)
                wrong.push([who.userName, { model: name }, operation, expected]);
            }
          }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 50 * CASES },
    );
    expect(seen.size).toBe(2);
  },
);

test.each([
  ['neither', {}],
  ['both', { section: 'hr', model: 'M' }],
  ['a section with an owner', { section: 'hr', owner: 'acme' }],
])('a place that is %s is refused', (_what, place) => {
  expect(refused(() => readPlace(place))).toContain('must be one section or one model');
});

test('a place is a section, a model, or a model of an owner', () => {
  const places = [{ section: 'hr' }, { model: 'M' }, { model: 'M', owner: 'acme' }];
  expect(places.map(readPlace)).toEqual(places);
});

describe('with ten thousand models', () => {
  const MANY = Array.from({ length: 10_000 }, (_, at) => placed(`m${at}`, { section: `s${at % 100}` }));
  const SECTIONS = Array.from({ length: 100 }, (_, at) =>
    section(`s${at}`, at < 10 ? {} : { parent: `s${at % 10}` }),
  );
  const set = setOf(
    section(ROOT),
    ...SECTIONS,
    ...MANY,
    ...['s1', 's2', 's3'].map((id) => grant({ section: id }, { user: 'ann' }, 'bpmn-process-instance-read')),
    grant({ section: 's12' }, { user: 'bob' }, 'bpmn-process-instance-read'),
  );
  test('decisions look the model up, and list none', () => {
    const sections = new Sections(set);
    const point = createDecisionPoint([tenants, ...sections.policies]);
    const ask = (name: string) =>
      point.allows(person('ann'), 'instance:read', { instance: { name, items: [] } });
    expect(['m1', 'm12', 'm9993', 'm4', 'elsewhere'].map(ask)).toEqual([true, true, true, false, false]);
    expect(sections.reachOf(person('ann')).size).toBe(0);
  });

  test('a list of more models than a query states is not made', () => {
    const sections = new Sections(set);
    const point = createDecisionPoint([tenants, ...sections.policies]);
    const wide = sections.reachOf(person('ann'));
    const narrow = sections.reachOf(person('bob'));
    expect(isRough(point.scope(person('ann'), 'instance:read'))).toBe(true);
    expect(isRough(point.scope(person('bob'), 'instance:read'))).toBe(false);
    expect([wide.size, narrow.size]).toEqual([0, 100]);
  });
});
