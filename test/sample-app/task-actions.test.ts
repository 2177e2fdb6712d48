interface Pages {
  taskActions(task: object, user: object, decisions: object, enforced: boolean): { id: string }[];
}
const { taskActions } = require('../../sample-app/pages/task-actions.js') as Pages;

const ann = { userName: 'ann', userGroups: [] };
const permitted = {
  allowed: true,
  reasons: [{ effect: 'permits', holds: true, says: 'the model names you or nobody' }],
};
const decisions = { get: () => permitted };
const giveBack = (task: object): unknown =>
  taskActions(task, ann, decisions, true).find(({ id }) => id === 'resolve');

test.each<[string, object, boolean, string]>([
  ['was never lent', { state: 'assigned', assignee: 'ann' }, false, 'the task is not lent'],
  ['nobody has', { state: 'open' }, false, 'the task is not lent'],
  ['is finished', { state: 'done', assignee: 'ann' }, false, 'the task is finished'],
  [
    'ann has borrowed',
    { state: 'delegated', assignee: 'ann', owner: 'bob' },
    true,
    'the task is lent to you',
  ],
  ['ann has lent', { state: 'delegated', assignee: 'bob', owner: 'ann' }, true, 'you have lent the task'],
  [
    'others lend each other',
    { state: 'delegated', assignee: 'bob', owner: 'carl' },
    false,
    'the task is lent to somebody else',
  ],
])('the reason for giving back a task that %s is true', (_what, task, allowed, why) => {
  expect(giveBack(task)).toMatchObject({ allowed, why });
});
