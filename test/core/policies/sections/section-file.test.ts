import { policyDocumentOf, readPolicyDocument } from '../../../../src/core/policy-set/files.js';
import { changedSet, namesIn, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../../src/core/policy-set/policy-set.js';
import { ROOT } from '../../../../src/core/policies/sections/permissions.js';
import {
  grantId,
  modelId,
  rootEntries,
  type SectionPlace,
} from '../../../../src/core/policies/sections/section-entries.js';
import { processorTime } from '../../../support/processor-time.js';
import { atOnce } from '../../../../src/core/in-steps.js';

const READ = { permissions: ['read'] };
const STAFF = { group: 'staff', ...READ };
const KIM = { user: 'kim', permissions: ['read', 'write'] };

const read = (sections: unknown) => atOnce(readPolicyDocument({ sections }));
const mistakes = (sections: unknown): string[] =>
  read(sections).mistakes.map(({ path, message }) => `${path.join('.')}: ${message}`);
const setOf = (...changes: PolicyChange[]): PolicySet => changedSet(PolicySet.EMPTY, readChanges(changes));
const written = (set: PolicySet): unknown => policyDocumentOf(set).sections;
const section = (id: string, value: object = {}): PolicyChange => ({ kind: 'section', id, value });
const grant = (on: SectionPlace, to: { user: string } | { group: string }): PolicyChange => ({
  kind: 'section-permission',
  id: grantId(on, to),
  value: { ...on, ...to, ...READ },
});

test('writing many models of one section takes time in proportion to them', () => {
  const count = 40_000;
  const models = Array.from({ length: count }, (_, at) => ({
    kind: 'section-model',
    id: modelId({ model: `m${at}` }),
    value: { model: `m${at}`, section: 'hr' },
  }));
  const set = PolicySet.EMPTY.with(1, [...rootEntries(), section('hr'), ...models]);
  const began = processorTime();
  const sections = written(set) as { hr: { models: unknown[] } };
  expect(sections.hr.models).toHaveLength(count);
  // Copying the list for each model took some thirty times as much.
  expect(processorTime() - began).toBeLessThan(5_000);
});

test('a file that does not state ROOT means the one with the permissions of its default groups', () => {
  const { entries } = read({ hr: null });
  expect(entries.map(({ change }) => change)).toEqual([...rootEntries(), section('hr')]);
  expect(new Set(entries.slice(0, -1).map(({ path }) => path.join('.')))).toEqual(new Set(['sections']));
  expect(read({ ROOT: {} }).entries.map(({ change }) => change)).toEqual([section(ROOT)]);
});

test('a file that is read and written is the same file, several permissions on one place included', () => {
  const file = {
    ROOT: { permissions: [STAFF, KIM], models: ['Claim', { model: 'Order', permissions: [KIM, STAFF] }] },
    hr: {
      name: 'Personnel',
      inherit: false,
      models: [
        { model: 'Leave', inherit: false },
        { model: 'Old', gone: true },
        { model: 'Claim', owner: 'globex' },
        { model: 'Order', owner: 'globex', permissions: [STAFF] },
      ],
    },
    pay: { parent: 'hr' },
  };
  const { entries } = read(file);
  expect(written(setOf(...entries.map(({ change }) => change)))).toEqual(file);
});

test('a model that is only given permissions is written in ROOT, with its owner if it has one', () => {
  const set = setOf(
    section(ROOT),
    grant({ model: 'Claim' }, { group: 'staff' }),
    grant({ model: 'Claim' }, { user: 'kim' }),
    grant({ model: 'Claim', owner: 'globex' }, { user: 'kim' }),
  );
  expect(written(set)).toEqual({
    ROOT: {
      models: [
        { model: 'Claim', permissions: [STAFF, { user: 'kim', ...READ }] },
        { model: 'Claim', owner: 'globex', permissions: [{ user: 'kim', ...READ }] },
      ],
    },
  });
});

test.each<[sections: unknown, message: string]>([
  [
    { ROOT: { parnet: 'x' } },
    'sections.ROOT.parnet: The section "ROOT" has no "parnet". Did you mean parent?',
  ],
  [{ hr: 7 }, 'sections.hr: The section "hr" must be an object of'],
  [{ hr: { permissions: {} } }, 'sections.hr.permissions: Section permissions are a list, got {}.'],
  [
    { hr: { permissions: [STAFF, { ...STAFF, users: 'kim' }] } },
    'sections.hr.permissions.1.users: An entry of section permissions has no "users". Did you mean user?',
  ],
  [
    { hr: { permissions: [{ ...READ, user: 'kim', group: 'staff' }] } },
    'sections.hr.permissions.0: The holder of section permissions ',
  ],
  [{ hr: { permissions: [{ user: 'kim', permissions: [] }] } }, 'are a list of 1 to 100 names.'],
  [
    { hr: { models: 'Claim' } },
    'sections.hr.models: The models of the section "hr" are a list, got "Claim".',
  ],
  [
    { hr: { models: ['Claim', { modle: 'Order' }] } },
    'sections.hr.models.1.modle: A model of a section has no "modle". Did you mean model?',
  ],
  [{ hr: { models: [7] } }, 'sections.hr.models.0: A model of a section must be an object of'],
  [
    { hr: { models: [''] } },
    'sections.hr.models.0: What section permissions are given on needs the name of a model',
  ],
  [
    { hr: { models: [{ model: 'Claim', permissions: [KIM, { user: 'lee', permissions: ['raed'] }] }] } },
    'sections.hr.models.0.permissions.1: Unknown section permission "raed". Did you mean read?',
  ],
])('a mistake is told with its place: %#', (sections, message) => {
  const [told = '', ...more] = mistakes({ ROOT: {}, ...(sections as object) });
  expect(told).toContain(message);
  expect(more).toEqual([]);
});

test('permissions are a list of at most 100 names, each kept once', () => {
  const grants = (count: number) => ({
    ROOT: { permissions: [{ user: 'kim', permissions: Array(count).fill('read') }] },
  });
  expect(mistakes(grants(100))).toEqual([]);
  expect(mistakes(grants(101)).join()).toContain('are a list of 1 to 100 names.');
  const [, made] = read(grants(100)).entries;
  expect(made?.change.value).toMatchObject({ permissions: ['read'] });
});

test('the models that entries of sections name are those of the tenant that there are', () => {
  const names = (change: PolicyChange) => namesIn(change);
  const placed = (value: { model: string; owner?: string; gone?: true }): PolicyChange => ({
    kind: 'section-model',
    id: modelId(value),
    value,
  });
  expect(names(placed({ model: 'Claim' }))).toEqual([{ model: 'Claim' }]);
  expect(names(placed({ model: 'Claim', gone: true }))).toEqual([]);
  expect(names(placed({ model: 'Claim', owner: 'globex' }))).toEqual([]);
  expect(names(grant({ model: 'Order' }, { user: 'kim' }))).toEqual([{ model: 'Order' }]);
  expect(names(grant({ section: 'hr' }, { user: 'kim' }))).toEqual([]);
  expect(names(section('Claim', { parent: 'hr' }))).toEqual([]);
});
