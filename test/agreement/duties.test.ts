import fc from 'fast-check';
import { createDecisionPoint } from '../../src/core/decision/decision-point.js';
import { compileSet, readChanges } from '../../src/core/policy-set/kinds.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { PolicySet } from '../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../src/core/principal.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import { normalise } from '../../src/store/bson/codec.js';
import type { InstanceGuard, StoredInstance } from '../../src/store/port.js';
import { ask, expected, fill, Sizes, sorted } from './asking.js';
import { USER_TASK, type Row } from './corpus.js';
import { describeComparison } from './stores.js';

const PEOPLE = ['kim', 'lee', 'mia'] as const;
const TASKS = ['A', 'B', 'C'] as const;
const person = fc.constantFrom(...PEOPLE);
const task = fc.constantFrom(...TASKS);
const sometimes = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const compact = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** A duty of one of the types, about the tasks of M, or of M and N. */
const pair = fc.uniqueArray(task, { minLength: 2, maxLength: 2 }) as fc.Arbitrary<[string, string]>;
const when = sometimes(
  fc.constantFrom({ 'data.n': { $gt: 1 } }, { 'data.n': { $nin: [1, 2] } }, { 'item.priority': 5 }),
);
const duty = fc.oneof(
  fc
    .tuple(fc.constantFrom('not-who-did', 'must-be-who-did'), pair, when, fc.boolean(), fc.boolean())
    .map(([type, [one, other], condition, strict, wide]) =>
      compact({
        duty: type,
        model: 'M',
        task: one,
        did: wide ? { model: 'N', task: other } : other,
        when: condition,
        ...(strict && { strict }),
      }),
    ),
  fc
    .tuple(sometimes(fc.subarray([...TASKS], { minLength: 1 })), when)
    .map(([tasks, condition]) => compact({ duty: 'not-initiator', model: 'M', tasks, when: condition })),
  fc
    .tuple(fc.subarray([...TASKS], { minLength: 1 }), sometimes(fc.constant(true)))
    .map(([tasks, eachItem]) => compact({ duty: 'distinct', model: 'M', tasks, eachItem })),
);

/** What a history leaves: waiting, held, lent, done, done by nobody knows whom, and cut off. */
const item = fc
  .record({
    elementId: task,
    state: fc.constantFrom('waits', 'waits', 'held', 'lent', 'done', 'done', 'unknown', 'cut'),
    by: person,
    lender: person,
    priority: fc.constantFrom(1, 5, undefined, '5'),
  })
  .map(({ elementId, state, by, lender, priority }) => ({
    fields: compact({
      elementId,
      type: USER_TASK,
      status: ['done', 'unknown', 'cut'].includes(state) ? 'end' : 'wait',
      endedAt: ['done', 'unknown'].includes(state) ? new Date(5) : null,
      candidateGroups: ['staff'],
      assignee: ['held', 'lent', 'done'].includes(state) ? by : undefined,
      priority,
    }),
    guard: compact({
      owner: state === 'lent' ? lender : undefined,
      completedBy: state === 'done' ? by : undefined,
    }),
  }));
const fact = fc
  .record({
    task,
    done: fc.subarray([...PEOPLE]),
    held: fc.subarray([...PEOPLE]),
    unknown: sometimes(fc.constant(true)),
  })
  .map((one) => compact({ model: 'N', ...one }));
const history = fc.record({
  name: fc.constantFrom('M', 'M', 'M', 'N'),
  n: fc.constantFrom<unknown>(1, 2, 3, '3', undefined, null, [1, 3]),
  items: fc.array(item, { minLength: 1, maxLength: 4 }),
  startedBy: sometimes(person),
  called: fc.constantFrom('no', 'told', 'untold'),
  callers: fc.subarray([...PEOPLE]),
  did: sometimes(fc.array(fact, { maxLength: 2 })),
});

const rowsOf = (histories: readonly (typeof history extends fc.Arbitrary<infer T> ? T : never)[]): Row[] =>
  histories.map(({ name, n, items, startedBy, called, callers, did }, at) => {
    const id = `h${at}`;
    const document = normalise({
      id,
      name,
      status: 'running',
      saved: new Date(at),
      data: { n },
      items: items.map(({ fields }, i) => ({ id: `${id}-${i}`, seq: i, ...fields })),
      ...(called === 'no' ? {} : { parentItemId: 'p' }),
    }) as StoredInstance;
    const kept = Object.fromEntries(items.map(({ guard }, i) => [`${id}-${i}`, guard]));
    const guard = { rev: 1, items: kept, startedBy, did, ...(called === 'told' && { root: 'r', callers }) };
    deriveGuard(document, normalise(compact(guard)) as InstanceGuard);
    return { document, derived: true };
  });

const principal = fc.oneof(
  { weight: 5, arbitrary: person.map((userName) => new SecureUser({ userName, userGroups: ['staff'] })) },
  { weight: 1, arbitrary: person.map((userName) => new SecureUser({ userName, userGroups: ['ADMIN'] })) },
);

describeComparison(
  'A list under duties is what the decision permits, whatever the history',
  async (stores, runs) => {
    const sizes = new Sizes();
    await fc.assert(
      fc.asyncProperty(
        fc.array(duty, { minLength: 1, maxLength: 4 }),
        fc.array(history, { minLength: 3, maxLength: 8 }),
        principal,
        async (duties, histories, who) => {
          const changes = duties.map((value, at) => ({ kind: 'duty', id: `d${at}`, value }));
          const set = PolicySet.EMPTY.with(1, readChanges(changes));
          const point = createDecisionPoint([taskRulesPolicy, tenants, ...compileSet(set).policies]);
          const rows = rowsOf(histories);
          const right = expected(point, rows, who, {});
          // What is done is shown to all of the staff.
          const waiting = rows.flatMap(({ document }) =>
            (document.items ?? []).flatMap(({ id, status }) =>
              status === 'wait' ? [`${document.id}/${id}`] : [],
            ),
          );
          sizes.note(waiting.filter((key) => right.items.includes(key)).length, waiting.length);
          for (const store of stores) {
            await fill(store, rows);
            for (const reindexed of [false, true])
              expect(sorted(await ask(point, store, who, {}, reindexed))).toEqual(right);
          }
        },
      ),
      runs,
    );
    sizes.check();
  },
);
