import { Router } from 'express';
import { decisionsOn, isForEverybody } from '../guard/decisions.js';
import { readForm } from '../models/form-value.js';
import { findTask, taskLists } from '../models/find-tasks.js';
import { formsOf } from '../models/form-fields.js';
import { withRequesters } from '../models/key-facts.js';
import { listWish, TASK_SORTS } from '../models/list-wish.js';
import { OPERATIONS, taskActions } from '../pages/task-actions.js';
import { taskPage } from '../pages/task.js';
import { tasksPage } from '../pages/tasks.js';
import { peopleFor } from '../users/people.js';
import { listBefore, rememberList } from '../web/back.js';
import { checkId } from '../web/ids.js';
import { NotHere } from '../web/problem.js';
import { goTo } from '../web/view.js';
import { taskSteps } from './task-steps.js';

const NOBODY = Object.freeze({ mayTake: [], mayBeGiven: [] });

/** The list of tasks, one task, and its actions. */
export function taskRoutes(guard, users, notifications) {
  const routes = Router();
  routes.param('id', checkId);

  async function find(res, id) {
    const task = await findTask(res.locals.api, id);
    if (!task) throw new NotHere();
    return task;
  }

  async function show(req, res, task, { entered, alone, status } = {}) {
    const { api, view } = res.locals;
    const decisions = await decisionsOn(guard, view.user, task, OPERATIONS);
    const actions = taskActions(task, view.user, decisions, view.enforced);
    const mayHandOver = actions.some(({ id, allowed }) => allowed && (id === 'assign' || id === 'delegate'));
    const [forms, people] = await Promise.all([
      formsOf(api, task.processName),
      mayHandOver ? peopleFor({ api, guard, users }, view.user, task) : NOBODY,
    ]);
    const back = listBefore(req, '/tasks');
    res.locals.show(taskPage(view, { task, forms, actions, people, back, alone, entered }), status);
  }

  /** Why nobody else could take the task after its release; undefined if somebody could. */
  async function whyAlone(res, task) {
    const { api, view } = res.locals;
    if (await isForEverybody(guard, task)) return undefined;
    const { mayTake } = await peopleFor({ api, guard, users }, view.user, task);
    if (mayTake.some((name) => name !== task.assignee)) return undefined;
    return mayTake.length > 0
      ? 'You are the only one who may do it: after its release it waits until you take it again.'
      : 'After its release it belongs to nobody, and not even you may take it back. It waits' +
          ' until an administrator assigns it.';
  }

  routes.get('/tasks', async (req, res) => {
    const { api, view } = res.locals;
    const wish = listWish(req.query, TASK_SORTS);
    const { userName } = view.user;
    const [lists, notices, models] = await Promise.all([
      taskLists(api, userName, wish, req.query),
      notifications.page(api, userName, req.query.notices),
      api.model.list(),
    ]);
    const rows = await withRequesters(
      api,
      Object.values(lists).flatMap(({ tasks }) => tasks),
    );
    const told = new Map(rows.map((row) => [row.id, row]));
    const shown = Object.entries(lists).map(([name, { tasks, next }]) => [
      name,
      { next, tasks: tasks.map((task) => told.get(task.id)) },
    ]);
    rememberList(req, res, `/tasks${wish.query()}`);
    const processes = models.map(({ name }) => name);
    res.locals.show(tasksPage(view, { lists: Object.fromEntries(shown), notices, wish, processes }));
  });

  routes.get('/tasks/:id', async (req, res) => show(req, res, await find(res, req.params.id)));

  routes.post('/tasks/:id/complete', async (req, res) => {
    const { api, view } = res.locals;
    const task = await find(res, req.params.id);
    const forms = await formsOf(api, task.processName);
    const { data, problems } = readForm(forms.of(task.elementId), req.body);
    if (problems.size > 0)
      return show(req, res, task, { entered: { values: req.body, problems }, status: 400 });
    await api.tasks.complete(task.id, data);
    await notifications.dismiss(view.user.userName, task.id);
    goTo(req, res, listBefore(req, '/tasks'), `${task.name} is completed.`);
  });

  routes.post('/tasks/:id/release', async (req, res, next) => {
    const task = await find(res, req.params.id);
    const alone = req.body.confirmed === 'yes' ? undefined : await whyAlone(res, task);
    return alone === undefined ? next() : show(req, res, task, { alone });
  });
  taskSteps(routes, users, find);

  routes.post('/notices/:id/dismiss', async (req, res) => {
    await notifications.dismiss(res.locals.view.user.userName, req.params.id);
    goTo(req, res, listBefore(req, '/tasks'));
  });

  return routes;
}
