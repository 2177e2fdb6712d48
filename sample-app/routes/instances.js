import { Router } from 'express';
import { formsOf } from '../models/form-fields.js';
import { instancePage, instancesPage } from '../pages/instances.js';
import { checkId } from '../web/ids.js';
import { NotHere } from '../web/problem.js';

const PAGE = 25;
const FIELDS = ['id', 'name', 'status', 'startedBy', 'startedAt', 'endedAt'];

/** The instances that the user may read. */
export function instanceRoutes() {
  const routes = Router();
  routes.param('id', checkId);

  routes.get('/instances', async (req, res) => {
    const after = typeof req.query.after === 'string' ? req.query.after : undefined;
    const { data: instances, nextCursor } = await res.locals.api.data.find({
      limit: PAGE,
      after,
      projection: FIELDS,
    });
    const next = nextCursor && `/instances?after=${encodeURIComponent(nextCursor)}`;
    res.locals.show(instancesPage(res.locals.view, { instances, next }));
  });

  routes.get('/instances/:id', async (req, res) => {
    const { api, view } = res.locals;
    const { data } = await api.data.find({ filter: { id: req.params.id }, limit: 1 });
    const [instance] = data;
    if (!instance) throw new NotHere();
    const ofType = (type) => instance.items.filter((item) => item.type === type);
    const ends = ofType('bpmn:EndEvent')
      .map(({ name }) => name)
      .filter(Boolean);
    res.locals.show(
      instancePage(view, {
        instance,
        tasks: ofType('bpmn:UserTask'),
        ends,
        forms: await formsOf(api, instance.name),
      }),
    );
  });

  return routes;
}
