import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, subProcess, task } from '../../support/models.js';

const SEQUENCE = model([
  start(),
  task('A', { candidateGroups: 'staff' }),
  subProcess('sub', [start({}, '', 'sub_start'), task('B', { assignee: 'kim' }), end('sub_end')]),
  task('C', { assignee: '$(this.data.who)' }),
  end(),
]);
const APART = { duty: 'not-who-did', model: 'M', task: 'B', did: 'A' } as const;
const STAFF: Readonly<Record<string, readonly string[]>> = { staff: ['kim', 'lee'] };
const directory = {
  find: async (userName: string) => ({
    userName,
    userGroups: ['admin', 'root'].includes(userName) ? ['ADMIN'] : ['staff'],
  }),
  members: async (group: string) => STAFF[group] ?? [],
};

describe('the linter of the policies', () => {
  const guards = new Guards('embedded');
  const open = async (more = {}): Promise<Guard> => {
    const guard = await guards.make({ models: { M: SEQUENCE }, ...more });
    await guard.as(ADMIN_USER).policies.duties.save('apart', APART);
    return guard;
  };

  test('reads the people of models and of the directory, and tells what would leave a task to nobody', async () => {
    const { policies } = (await open({ directory })).as(ADMIN_USER);
    expect(await policies.lint()).toMatchObject({
      complete: true,
      findings: [
        {
          rule: 'nobody-left',
          message: 'If kim does A, nobody is left for B.',
          counterexample: { did: [{ model: 'M', task: 'A', user: 'kim' }], left: { model: 'M', task: 'B' } },
        },
      ],
    });
    // Who is computed when the task starts may be anybody.
    await policies.duties.save('apart', { ...APART, task: 'C' });
    expect((await policies.lint()).findings).toEqual([]);
  });

  test('warns of names that allowUnknownModels has let in', async () => {
    const { policies } = (await guards.make({ models: { M: SEQUENCE } })).as(ADMIN_USER);
    const unknown = { allowUnknownModels: true };
    await policies.caseFields.save('data.pay', { roles: ['ownr'], models: ['Nn'] }, unknown);
    await policies.caseOperations.save('CLOSE_CASE', ['owner']);
    expect((await policies.lint()).findings).toMatchObject([
      { severity: 'warning', rule: 'unknown-name', id: 'data.pay', counterexample: { model: 'Nn' } },
      { severity: 'warning', rule: 'unknown-name', id: 'data.pay', counterexample: { role: 'ownr' } },
    ]);
  });

  test('takes people who are given; without any it says what it left out', async () => {
    const { policies } = (await open()).as(ADMIN_USER);
    expect(await policies.lint()).toEqual({
      findings: [],
      complete: false,
      leftOut: ['which tasks duties leave to nobody: no people are known'],
    });
    const people = [person('kim', 'staff'), person('mia', 'staff')];
    expect((await policies.lint({ people })).findings).toMatchObject([
      { message: 'If kim does A, nobody is left for B.' },
    ]);
  });

  test('leaves out people who are disabled', async () => {
    const { policies } = (await open()).as(ADMIN_USER);
    const mia = person('mia', 'staff');
    const kim = { userName: 'kim', userGroups: ['staff'], disabled: true };
    const without = await policies.lint({ people: [mia] });
    expect(await policies.lint({ people: [kim as never, mia] })).toEqual(without);
    expect(await policies.lint({ people: [person('kim', 'staff'), mia] })).not.toEqual(without);
  });

  test('names that were accepted before their model was there are findings until it is', async () => {
    const guard = await open();
    const { policies, model: models } = guard.as(ADMIN_USER);
    await policies.duties.save('later', { ...APART, model: 'N' }, { allowUnknownModels: true });
    const unknown = async () =>
      (await policies.lint()).findings.filter(({ rule }) => rule === 'unknown-name').map(({ id }) => id);
    expect([...new Set(await unknown())]).toEqual(['later']);
    await models.save('N', SEQUENCE);
    expect(await unknown()).toEqual([]);
  });

  test('needs system:policy, and refuses what are no people', async () => {
    const guard = await open();
    expect(await refusal(guard.as(person('kim')).policies.lint())).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.as(ADMIN_USER).policies.lint({ people: ['kim'] as never }))).toMatchObject({
      code: 'bad-request',
    });
  });
});
