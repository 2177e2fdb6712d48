import {
  RIGHTS,
  type CaseOperation,
  type Guard,
  type GuardApi,
  type Operation,
  type Resource,
  type Right,
  type SecureUser,
  type TaskCommand,
} from 'bpmn-guard';
import { caseModel } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

/** Who asks, by what they are to the task and its instance. */
const PEOPLE = {
  starter: person('sam'),
  'owner of the case': person('olga'),
  assignee: person('ann'),
  borrower: person('dora'),
  candidate: person('carl'),
  'member of a group of candidates': person('gil', 'hr'),
  'holder of all rights': person('hana', 'righteous'),
  administrator: ADMIN_USER,
  stranger: person('zed'),
} as const;
type Kind = keyof typeof PEOPLE;

const TASK = task('t', { candidateUsers: 'carl,ann', candidateGroups: 'hr' });
const MODELS = {
  Plain: model([start(), TASK, end()]),
  Case: caseModel('owner, participant', [TASK]),
};
const ROLES = {
  owner: { users: ['olga'] },
  participant: { users: ['sam', 'ann', 'dora', 'carl', 'gil', 'hana', 'tom'] },
};

/** Once roles exist, each operation takes one of its rights; here all hold those for tasks of their own. */
const WORK = [
  'Todo:Read_Own',
  'Todo:Process',
  'Todo:Delegate_Own',
  'Todo:Escalate_Own',
  'ModelInstance:Read',
  'ModelInstance:Create',
  'Model:Read',
  'Todo:Reject',
  'Todo:Undo_Reject',
] as const;

const ALL_RIGHTS = (Object.keys(RIGHTS) as Right[]).filter((right) => !('internal' in RIGHTS[right]));

type Prepared = readonly [id: string, api: GuardApi];
interface Command {
  readonly asks?: Operation;
  readonly caseOperation?: CaseOperation;
  /** Brings the task, which is unclaimed, into a state that admits the command. */
  readonly before?: (...of: Prepared) => Promise<unknown>;
  readonly run: (...of: [...Prepared, by: SecureUser]) => Promise<unknown>;
}
const toAnn: Command['before'] = (id, admin) => admin.tasks.assign(id, 'ann');

const ON_TASKS: Readonly<Record<TaskCommand, Command>> = {
  take: { asks: 'task:take', run: (id, { tasks }) => tasks.take(id) },
  release: { before: toAnn, run: (id, { tasks }) => tasks.release(id) },
  assign: { asks: 'task:assign', before: toAnn, run: (id, { tasks }) => tasks.assign(id, 'tom') },
  delegate: { asks: 'task:delegate', before: toAnn, run: (id, { tasks }) => tasks.delegate(id, 'tom') },
  resolve: { asks: 'task:delegate', run: (id, { tasks }) => tasks.resolve(id) },
  reject: { asks: 'task:reject', run: (id, { tasks }) => tasks.reject(id) },
  undoReject: { asks: 'task:reject', run: (id, { tasks }) => tasks.undoReject(id) },
  escalate: {
    asks: 'task:escalate',
    before: toAnn,
    run: (id, { tasks }) => tasks.escalate(id, { user: 'tom' }),
  },
  suspend: { asks: 'task:suspend', before: toAnn, run: (id, { tasks }) => tasks.suspend(id) },
  resume: {
    asks: 'task:suspend',
    before: async (id, admin) => {
      await admin.tasks.assign(id, 'ann');
      await admin.tasks.suspend(id);
    },
    run: (id, { tasks }) => tasks.resume(id),
  },
  complete: { asks: 'task:execute', before: toAnn, run: (id, { tasks }) => tasks.complete(id) },
};

const ON_INSTANCES: Readonly<Record<string, Command & { readonly asks: Operation }>> = {
  suspend: { asks: 'instance:suspend', run: (id, { engine }) => engine.suspend(id) },
  resume: {
    asks: 'instance:suspend',
    before: (id, admin) => admin.engine.suspend(id),
    run: (id, { engine }) => engine.resume(id),
  },
  terminate: { asks: 'instance:cancel', run: (id, { engine }) => engine.terminate(id) },
  delete: {
    asks: 'instance:delete',
    run: async (id, { data }) => {
      const { deletedCount } = await data.deleteInstances({ id });
      if (deletedCount === 0) throw Object.assign(new Error('Nothing was deleted.'), { code: 'not-found' });
    },
  },
  migrate: { asks: 'instance:migrate', run: (id, { engine }) => engine.migrate(id, 'Plain') },
  'add a task': {
    asks: 'instance:event',
    run: (id, { engine }, by) => engine.addTask(id, { name: 'more', assignee: by.userName }),
  },
  'write data': { asks: 'instance:data', run: (id, { cases }) => cases.setData(id, { note: 'x' }) },
  'name holders of a role': {
    asks: 'instance:roles',
    run: (id, { cases }) => cases.addToRole(id, 'participant', { users: ['gil'] }),
  },
  comment: { asks: 'instance:comment', run: (id, { cases }) => cases.comment(id, 'seen') },
};
/** Two each for one operation. */
const OF_CASE_OPERATIONS = {
  ADD_DATA: { asks: 'instance:data', run: (id, { cases }) => cases.setData(id, { note: 'x' }) },
  REMOVE_DATA: {
    asks: 'instance:data',
    before: (id, admin) => admin.cases.setData(id, { note: 'x' }),
    run: (id, { cases }) => cases.removeData(id, ['note']),
  },
  ADD_TASK_TO_CASE: {
    asks: 'instance:event',
    run: (id, { engine }, by) => engine.addTask(id, { name: 'more', assignee: by.userName }),
  },
  ADD_PROCESS_TO_CASE: { asks: 'instance:event', run: (id, { engine }) => engine.addProcess(id, 'Plain') },
} satisfies Partial<Record<CaseOperation, Command>>;

/** These exist for cases only. */
const OF_CASES = ['write data', 'name holders of a role', 'comment'];

/** What a command says of the right to it: a state that does not admit it comes after that. */
async function isPermitted(work: Promise<unknown>): Promise<{ permitted: boolean; done: boolean }> {
  const [outcome] = await Promise.allSettled([work]);
  if (outcome?.status === 'fulfilled') return { permitted: true, done: true };
  const { code } = outcome?.reason as { code?: string };
  if (code === 'wrong-state') return { permitted: true, done: false };
  if (code === 'forbidden' || code === 'not-found') return { permitted: false, done: false };
  throw outcome?.reason;
}

describe.each(Object.keys(MODELS) as (keyof typeof MODELS)[])('what can says of a %s instance', (name) => {
  describe.each(['without', 'with'])('%s security roles', (rights) => {
    const guards = new Guards('embedded');
    let guard: Guard;

    async function begun(): Promise<{ instance: string; item: string }> {
      const options = name === 'Case' ? { caseRoles: ROLES } : {};
      const { id } = await guard.api.engine.start(name, {}, PEOPLE.starter, options as never);
      return { instance: id, item: (await waitingTask(guard, 't', id)).id };
    }
    beforeEach(async () => {
      guard = await guards.make({ models: MODELS });
      if (rights === 'without') return;
      const roles = guard.as(ADMIN_USER).policies.securityRoles;
      await roles.save('work', { rights: WORK });
      await roles.save('all', { rights: ALL_RIGHTS });
      await roles.give('all', { group: 'righteous' });
      for (const { userName } of Object.values(PEOPLE)) await roles.give('work', { user: userName });
    });

    /** The answers of all kinds of principals, which may be neither all yes nor all no. */
    async function compared(
      { asks, caseOperation, before, run }: Command,
      of: 'item' | 'instance',
      also: (guard: Guard, id: string, who: SecureUser, kind: Kind) => Promise<boolean | undefined>,
    ): Promise<void> {
      const admitted: Kind[] = [];
      for (const [kind, who] of Object.entries(PEOPLE) as [Kind, SecureUser][]) {
        const { [of]: id } = await begun();
        await before?.(id, guard.as(ADMIN_USER));
        const resource: Resource = { [of]: { id } };
        const can =
          asks === undefined
            ? undefined
            : await guard.can(who, asks, resource, { ...(caseOperation && { caseOperation }) });
        const offered = await also(guard, id, who, kind);
        const { permitted, done } = await isPermitted(run(id, guard.as(who), who));
        if (can !== undefined) expect({ kind, can }).toEqual({ kind, can: permitted });
        if (offered !== undefined) expect({ kind, offered }).toEqual({ kind, offered: done });
        if (done) admitted.push(kind);
      }
      expect(admitted.length).toBeGreaterThan(0);
      expect(admitted).not.toContain('stranger');
    }

    test.each(Object.keys(ON_TASKS) as TaskCommand[])(
      '%s of a task: so does the command, and what allowed offers',
      (command) =>
        compared(prepared(command), 'item', async (_guard, id, who) =>
          (await guard.as(who).tasks.allowed([id]))[id]?.includes(command),
        ),
    );

    test.each(Object.keys(ON_INSTANCES).filter((one) => name === 'Case' || !OF_CASES.includes(one)))(
      '%s: so does the command on the instance',
      (command) => compared(ON_INSTANCES[command] as Command, 'instance', async () => undefined),
    );

    test.each(Object.keys(OF_CASE_OPERATIONS) as (keyof typeof OF_CASE_OPERATIONS)[])(
      'asked for %s: so does the command, when each case operation is for other roles',
      async (caseOperation) => {
        if (name !== 'Case') return;
        const { caseOperations } = guard.as(ADMIN_USER).policies;
        for (const one of Object.keys(OF_CASE_OPERATIONS) as CaseOperation[])
          await caseOperations.save(one, one === caseOperation ? ['owner'] : ['participant']);
        const command = OF_CASE_OPERATIONS[caseOperation];
        await compared({ ...command, caseOperation }, 'instance', async () => undefined);
      },
    );

    /** Lending and refusing are done by those whose they are. */
    function prepared(command: TaskCommand): Command {
      const known = ON_TASKS[command];
      if (command === 'resolve')
        return {
          ...known,
          before: async (id, admin) => {
            await admin.tasks.assign(id, 'ann');
            await guard.as(PEOPLE.assignee).tasks.delegate(id, 'dora');
          },
        };
      return command === 'undoReject'
        ? { ...known, before: (id) => guard.as(PEOPLE.candidate).tasks.reject(id) }
        : known;
    }
  });
});
