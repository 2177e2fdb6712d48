import { USER_TASK } from 'bpmn-guard';
import { Router } from 'express';
import { formsOf } from '../models/form-fields.js';
import { withFacts } from '../models/key-facts.js';
import { INSTANCE_SORTS, INSTANCE_STATES, listWish } from '../models/list-wish.js';
import { instancePage, instancesPage } from '../pages/instances.js';
import { listBefore, rememberList } from '../web/back.js';
import { checkId } from '../web/ids.js';
import { NotHere } from '../web/problem.js';

const PAGE = 25;
const FIELDS = ['id', 'name', 'status', 'startedBy', 'startedAt', 'endedAt', 'data'];

/** The instances that the user may read. */
export function instanceRoutes() {
  const routes = Router();
  routes.param('id', checkId);

  routes.get('/instances', async (req, res) => {
    const after = typeof req.query.after === 'string' ? req.query.after : undefined;
    const { api, view } = res.locals;
    const wish = listWish(req.query, INSTANCE_SORTS, INSTANCE_STATES);
    const [{ data, nextCursor: next }, models] = await Promise.all([
      api.data.find({ filter: wish.filter, sort: wish.order, limit: PAGE, after, projection: FIELDS }),
      api.model.list(),
    ]);
    rememberList(req, res, `/instances${wish.query()}`);
    const processes = models.map(({ name }) => name);
    const instances = await withFacts(api, data);
    res.locals.show(instancesPage(view, { instances, next, wish, processes }));
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
        tasks: ofType(USER_TASK),
        ends,
        forms: await formsOf(api, instance.name),
        back: listBefore(req, '/instances'),
      }),
    );
  });

  return routes;
}
