import { Router } from 'express';
import { readForm } from '../models/form-value.js';
import { formsOf } from '../models/form-fields.js';
import { startListPage, startPage } from '../pages/start.js';
import { onceIn } from '../web/once.js';
import { goTo } from '../web/view.js';
import { NotHere } from '../web/problem.js';

/** Starts by a person; all others are triggered by messages, signals and timers. */
const byHand = ({ subType }) => subType === undefined || subType === null;

/** Starts a process; a double click starts one instance. */
export function startRoutes(guard) {
  const routes = Router();
  const once = onceIn(guard.store);

  async function find(res, { model, element }) {
    const starts = await res.locals.api.model.findStartEvents({});
    const start = starts.find(({ modelName, elementId }) => modelName === model && elementId === element);
    if (!start) throw new NotHere();
    const forms = await formsOf(res.locals.api, model);
    return { start, fields: forms.of(element) };
  }

  routes.get('/start', async (req, res) => {
    const starts = await res.locals.api.model.findStartEvents({});
    res.locals.show(startListPage(res.locals.view, starts.filter(byHand)));
  });

  routes.get('/start/:model/:element', async (req, res) => {
    res.locals.show(startPage(res.locals.view, await find(res, req.params)));
  });

  routes.post('/start/:model/:element', async (req, res) => {
    const { api, view } = res.locals;
    const { start, fields } = await find(res, req.params);
    const { data, problems } = readForm(fields, req.body);
    if (problems.size > 0)
      return res.locals.show(
        startPage(view, { start, fields, entered: { values: req.body, problems } }),
        400,
      );
    const address = await once(req, view.user.userName, async () => {
      const execution = await api.engine.start(start.modelName, data, undefined, {
        startNodeId: start.elementId,
      });
      const mine = execution
        .getItems()
        .find(({ status, assignee }) => status === 'wait' && assignee === view.user.userName);
      return mine
        ? `/tasks/${encodeURIComponent(mine.id)}`
        : `/instances/${encodeURIComponent(execution.id)}`;
    });
    goTo(req, res, address, `${start.modelName} is started.`);
  });

  return routes;
}
