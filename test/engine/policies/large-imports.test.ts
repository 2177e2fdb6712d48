import type { Guard } from 'bpmn-guard';
import { Turns } from '../../../src/store/turns.js';
import { ADMIN_USER, Guards, refusal } from '../../support/guards.js';
import { switchedOff, switches } from '../../support/switched-off.js';

const COUNT = 600;
const rules = Object.fromEntries(
  Array.from({ length: COUNT }, (_, at) => [
    `r${at}`,
    {
      effect: 'Allow',
      users: { group: `g${at}` },
      privilege: 'View',
      on: { process: `P${at % 7}` },
      for: { 'data.n': at },
    },
  ]),
);
const changes = Object.entries(rules).map(([id, value]) => ({ kind: 'grid-rule', id, value }));
const entryOf = (at: number): string => `"r${at}": Allow group "g${at}" to View on process "P1"\n`;
const sentences = Array.from({ length: COUNT }, (_, at) => entryOf(at)).join('');
const table = `id,effect,users,privilege,on\n${Array.from({ length: COUNT }, (_, at) => `r${at},Allow,all,View,process P1\n`).join('')}`;
const unknown = { allowUnknownModels: true };

const guards = new Guards('embedded');
afterEach(() => {
  switches.off = undefined;
  jest.restoreAllMocks();
});

type Policies = ReturnType<Guard['as']>['policies'];
const IMPORTS: readonly (readonly [string, (policies: Policies) => Promise<unknown>])[] = [
  ['a list of changes', (policies) => policies.apply(changes, unknown)],
  ['a policy file', (policies) => policies.import(JSON.stringify({ grid: { rules } }), unknown)],
  ['a grid as JSON', ({ grid }) => grid.import('json', JSON.stringify({ rules }), unknown)],
  ['a grid as sentences', ({ grid }) => grid.import('text', sentences, unknown)],
  ['a grid as a table', ({ grid }) => grid.import('csv', table, unknown)],
];
test.each(IMPORTS)('others run while %s is read, compared, checked and compiled', async (_what, run) => {
  const { policies } = (await guards.make()).as(ADMIN_USER);
  const isOver = jest.spyOn(Turns.prototype, 'isOver');
  await run(policies);
  // Each entry is a step when it is read, compared with the set, checked, and compiled.
  expect(isOver.mock.calls.length).toBeGreaterThan(4 * COUNT);
  expect(await policies.grid.list()).toHaveLength(COUNT);
});

const CHANGES: typeof IMPORTS = [
  ...IMPORTS,
  ['a rule', ({ grid }) => grid.save('r', rules.r0 as never, unknown)],
  ['a duty', ({ duties }) => duties.save('d', { duty: 'not-initiator', model: 'One' }, unknown)],
  ['a security role', (p) => p.securityRoles.save('r', { rights: ['Todo:Process'] }, unknown)],
  ['a section', ({ sections }) => sections.create('hr')],
];

test.each(CHANGES)('%s is not stored if its sender is disabled before', async (_what, run) => {
  let disabled = false;
  const told: ((userName: string) => void)[] = [];
  const directory = {
    find: async (userName: string) => ({ userName, userGroups: ['ADMIN'], disabled }),
    onChanged: (listener: (userName: string) => void) => {
      told.push(listener);
      return () => undefined;
    },
  };
  const guard = await guards.make({ directory });
  const { isOver } = Turns.prototype;
  const seen = jest.spyOn(Turns.prototype, 'isOver').mockImplementation(function (this: Turns) {
    disabled = true;
    for (const tell of told) tell('admin');
    return isOver.call(this);
  });
  expect(await refusal(run(guard.as(ADMIN_USER).policies))).toMatchObject({ code: 'unauthenticated' });
  expect(seen).toHaveBeenCalled();
  expect(await guard.store.policies.versions(null, { limit: 9 })).toEqual([]);
});

test.each(IMPORTS)('%s is not stored if its sender may not change policies any more', async (_what, run) => {
  const guard = await guards.make({ policies: [switchedOff] });
  const { isOver } = Turns.prototype;
  jest.spyOn(Turns.prototype, 'isOver').mockImplementation(function (this: Turns) {
    switches.off = 'system:policy';
    return isOver.call(this);
  });
  expect(await refusal(run(guard.as(ADMIN_USER).policies))).toMatchObject({ code: 'forbidden' });
  expect(await guard.store.policies.versions(null, { limit: 9 })).toEqual([]);
});

test('a list of changes counts as it was at the call', async () => {
  const { policies } = (await guards.make()).as(ADMIN_USER);
  const given = [{ kind: 'grid-label', id: 'Baker', value: { multiple: 1 } }];
  const applied = policies.apply(given);
  (given[0] as { value: { multiple: number } }).value.multiple = 9;
  given.push({ kind: 'grid-label', id: 'Other', value: { multiple: 1 } });
  await applied;
  expect(await policies.grid.labels()).toEqual([{ name: 'Baker', multiple: 1 }]);
});
