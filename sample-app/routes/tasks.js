import { Router } from 'express';
import { decisionsOn } from '../guard/decisions.js';
import { readForm } from '../models/form-value.js';
import { findTask, taskLists } from '../models/find-tasks.js';
import { formsOf } from '../models/form-fields.js';
import { OPERATIONS, taskActions } from '../pages/task-actions.js';
import { taskPage } from '../pages/task.js';
import { tasksPage } from '../pages/tasks.js';
import { goTo } from '../web/view.js';
import { checkId } from '../web/ids.js';
import { NotHere } from '../web/problem.js';
import { peopleFor } from '../users/people.js';

/** The list of tasks, one task, and what can be done with it. */
export function taskRoutes(guard, users, notifications) {
  const routes = Router();
  routes.param('id', checkId);

  async function find(res, id) {
    const task = await findTask(res.locals.api, id);
    if (!task) throw new NotHere();
    return task;
  }

  async function show(res, task, entered, status) {
    const { api, view } = res.locals;
    const actions = taskActions(
      task,
      view.user,
      await decisionsOn(guard, view.user, task, OPERATIONS),
      view.enforced,
    );
    const mayHandOver = actions.some(({ id, allowed }) => allowed && (id === 'assign' || id === 'delegate'));
    const [forms, people] = await Promise.all([
      formsOf(api, task.processName),
      mayHandOver ? peopleFor(api, users, view.user, task.id) : [],
    ]);
    res.locals.show(taskPage(view, { task, forms, actions, people, entered }), status);
  }

  routes.get('/tasks', async (req, res) => {
    const { api, view } = res.locals;
    const { userName } = view.user;
    const [lists, notices] = await Promise.all([
      taskLists(api, userName, req.query),
      notifications.list(userName),
    ]);
    res.locals.show(tasksPage(view, { lists, notices }));
  });

  routes.get('/tasks/:id', async (req, res) => show(res, await find(res, req.params.id)));

  routes.post('/tasks/:id/complete', async (req, res) => {
    const { api, view } = res.locals;
    const task = await find(res, req.params.id);
    const forms = await formsOf(api, task.processName);
    const { data, problems } = readForm(forms.of(task.elementId), req.body);
    if (problems.size > 0) return show(res, task, { values: req.body, problems }, 400);
    await api.tasks.complete(task.id, data);
    await notifications.dismiss(view.user.userName, task.id);
    goTo(req, res, '/tasks', `${task.name} is completed.`);
  });

  const act = (name, work, said) =>
    routes.post(`/tasks/:id/${name}`, async (req, res) => {
      const task = await find(res, req.params.id);
      const after = await work(res.locals.api.tasks, task.id, req.body);
      goTo(req, res, after ? `/tasks/${encodeURIComponent(task.id)}` : '/tasks', said(task, req.body));
    });
  act(
    'take',
    (tasks, id) => tasks.take(id),
    ({ name }) => `${name} is yours now.`,
  );
  act(
    'release',
    (tasks, id) => tasks.release(id),
    ({ name }) => `${name} is free again.`,
  );
  // Without a name nothing would be assigned, and nothing refused either.
  act(
    'assign',
    (tasks, id, { to = '' }) => tasks.assign(id, to),
    ({ name }, { to }) => `${name} is assigned to ${to}.`,
  );
  act(
    'delegate',
    (tasks, id, { to }) => tasks.delegate(id, to),
    ({ name }, { to }) => `${name} is lent to ${to}.`,
  );
  act(
    'resolve',
    (tasks, id) => tasks.resolve(id),
    ({ name }) => `${name} is back with its owner.`,
  );

  routes.post('/notices/:id/dismiss', async (req, res) => {
    await notifications.dismiss(res.locals.view.user.userName, req.params.id);
    goTo(req, res, '/tasks');
  });

  return routes;
}
