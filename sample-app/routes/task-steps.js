import { typedName } from '../users/people.js';
import { listBefore } from '../web/back.js';
import { goTo } from '../web/view.js';

/** The outcome of a release. */
const RELEASED = {
  open: 'is free again: anybody may take it',
  unclaimed: 'is free again',
  rejected: 'is free again, but all its candidates have rejected it',
  closed: 'belongs to nobody now: an administrator must assign it',
};

/**
 * The steps of a task that need no form. Each changes one thing and shows the task again if the reader still may
 * see it.
 * @param find returns the task of the request, or refuses
 */
export function taskSteps(routes, users, find) {
  const act = (name, work, said) =>
    routes.post(`/tasks/:id/${name}`, async (req, res) => {
      const task = await find(res, req.params.id);
      const { api, view } = res.locals;
      const to = req.body.to === undefined ? '' : await typedName(users, view.user, req.body.to);
      const after = await work(api.tasks, task.id, to);
      const address = after ? `/tasks/${encodeURIComponent(task.id)}` : listBefore(req, '/tasks');
      goTo(req, res, address, `${task.name} ${said(after, to)}.`);
    });

  act(
    'take',
    (tasks, id) => tasks.take(id),
    () => 'is yours now',
  );
  act(
    'release',
    (tasks, id) => tasks.release(id),
    (after) => RELEASED[after?.state] ?? 'is released, and you may no longer see it',
  );
  // Without a name nothing would be assigned, and nothing would be refused either.
  act(
    'assign',
    (tasks, id, to) => tasks.assign(id, to),
    (_after, to) => `is assigned to ${to}`,
  );
  act(
    'delegate',
    (tasks, id, to) => tasks.delegate(id, to || undefined),
    (_after, to) => `is lent to ${to}`,
  );
  act(
    'resolve',
    (tasks, id) => tasks.resolve(id),
    () => 'is back with its owner',
  );
}
