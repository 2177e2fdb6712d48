import { asRead, instanceFields, itemView } from '../../../src/engine/enforcement/views.js';
import type { Visibility } from '../../../src/engine/enforcement/visibility.js';
import { dataOfItem } from '../../../src/engine/model/data-path.js';
import { began, done, INSTANCE, item, KEPT, OWN_FIELDS, PEOPLE } from './viewed.js';

const partOf = (tokenId: unknown): unknown => dataOfItem(INSTANCE, tokenId);
const ALL: Visibility = {
  data: true,
  assignees: true,
  userName: 'zed',
  showsKeys: () => true,
  partOf,
  cut: (value) => value,
};
const ROW = { instanceId: 'i', processName: 'M', instanceVersion: 2, desk: 'a' };

describe('an item', () => {
  test('shows its reader who may see all its fields, the people, and the data; nothing else', () => {
    expect(itemView(INSTANCE, item(), ALL)).toStrictEqual({
      ...OWN_FIELDS,
      ...ROW,
      state: 'delegated',
      ...PEOPLE,
      ...KEPT,
      data: { amount: { net: 5 } },
      instanceData: { amount: { net: 5 } },
      vars: { secret: 1 },
      output: { secret: 2 },
      userName: 'sam',
    });
  });

  test('shows neither data nor its performer to users who may not read the instance', () => {
    const view = itemView(INSTANCE, item(), { ...ALL, data: false });
    expect(view).toStrictEqual({ ...OWN_FIELDS, ...ROW, state: 'delegated', ...PEOPLE, ...KEPT });
  });

  test.each([
    ['ann', { assignee: 'ann' }],
    ['bob', { owner: 'bob' }],
    ['cleo', { completedBy: 'cleo' }],
    ['dora', {}],
    ['zed', {}],
  ])('shows %s, who may not see the people, only themselves', (userName, own) => {
    expect(itemView(INSTANCE, item(), { ...ALL, data: false, assignees: false, userName })).toStrictEqual({
      ...OWN_FIELDS,
      ...ROW,
      state: 'delegated',
      ...own,
    });
    const withData = itemView(INSTANCE, item(), { ...ALL, assignees: false, userName });
    expect(withData).not.toHaveProperty('userName');
  });

  test('that is no task of people has none, and no state', () => {
    const {
      candidateUsers: _users,
      candidateGroups: _groups,
      assignee: _one,
      ...bare
    } = item({
      type: 'bpmn:ScriptTask',
      guard: undefined,
    }) as unknown as Record<string, unknown>;
    const view = itemView({ id: 'i', name: undefined } as never, bare as never, { ...ALL, data: false });
    expect(view).toStrictEqual({
      ...OWN_FIELDS,
      type: 'bpmn:ScriptTask',
      instanceId: 'i',
      processName: '',
      instanceVersion: undefined,
    });
  });

  test('that nobody has names nobody; one that is closed says why', () => {
    const free = item({
      assignee: undefined,
      candidateUsers: [],
      candidateGroups: [],
      guard: { why: 'no group' },
    });
    expect(itemView(INSTANCE, free, { ...ALL, data: false })).toMatchObject({
      state: 'closed',
      assignee: null,
      candidateUsers: [],
      candidateGroups: [],
      why: 'no group',
    });
    const open = item({ assignee: undefined, guard: { why: 'no group' } });
    expect(itemView(INSTANCE, open, ALL)).not.toHaveProperty('why');
    const odd = item({ assignee: undefined, candidateUsers: [], candidateGroups: [], guard: { why: 7 } });
    expect(itemView(INSTANCE, odd, ALL)).not.toHaveProperty('why');
  });

  test('has what is hidden cut out of its variables and output, and copies of all of it', () => {
    const cut = (value: unknown): unknown => (value === undefined ? value : { cut: true });
    const view = itemView(INSTANCE, item(), { ...ALL, cut });
    expect(view).toMatchObject({ vars: { cut: true }, output: { cut: true } });
    const stored = item();
    const own = itemView(INSTANCE, stored, ALL) as unknown as Record<string, unknown>;
    expect(own.vars).not.toBe(stored.vars);
    expect(own.instanceData).not.toBe(INSTANCE.data);
    expect(own.dueDate).not.toBe(OWN_FIELDS.dueDate);
  });
});

test('a value is copied once for all parts of an answer', () => {
  const view = itemView(INSTANCE, item(), { ...ALL, partOf: () => INSTANCE.data }) as Record<string, unknown>;
  expect(view.data).toBe(view.instanceData);
  expect(view.data).not.toBe(INSTANCE.data);
  expect(view.data).toStrictEqual(INSTANCE.data);
});

describe('the fields of an instance', () => {
  const shown = {
    id: 'i',
    name: 'M',
    status: 'running',
    version: 2,
    startedAt: began,
    endedAt: done,
    saved: done,
    parentItemId: 'p',
    tenantId: 'acme',
    startedBy: 'sam',
    suspension: { by: 'ann', at: done },
    data: { amount: { net: 5 } },
  };

  test('are for its readers, the source on request', () => {
    expect(instanceFields(INSTANCE, true, asRead)).toStrictEqual(shown);
    expect(instanceFields(INSTANCE, true, asRead, true)).toStrictEqual({
      ...shown,
      source: '<xml/>',
      svg: '<svg/>',
    });
    expect(instanceFields({ id: 'i' } as never, true, asRead)).toStrictEqual({ id: 'i', data: {} });
  });

  test('are its id and name for others', () => {
    expect(instanceFields(INSTANCE, false, asRead, true)).toStrictEqual({ id: 'i', name: 'M', data: {} });
  });
});
