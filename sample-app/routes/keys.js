import { keyAdmin } from 'bpmn-guard';
import { Router } from 'express';
import { keysPage } from '../pages/keys.js';
import { NotHere } from '../web/problem.js';
import { goTo } from '../web/view.js';

/**
 * The administration of keys; the guard decides at each call who may use it.
 * @param keys those that the REST API accepts, so that a revoked key is refused at once
 */
export function keyRoutes(guard, keys, { apiKey }) {
  const routes = Router();
  const admin = keyAdmin(guard, keys);

  routes.get('/keys', async (req, res) => {
    const { view } = res.locals;
    const all = await admin.list(view.user);
    res.locals.show(keysPage(view, { keys: all, hasApiKey: apiKey !== undefined }));
  });

  routes.post('/keys/:id/revoke', async (req, res) => {
    const { user } = res.locals.view;
    const key = (await admin.list(user)).find(({ id }) => id === req.params.id);
    if (!key) throw new NotHere();
    const { name, tenantId } = key;
    const isRevoked =
      key.revoked === undefined &&
      (await admin.revoke(name, user, tenantId === undefined ? {} : { tenantId }));
    return isRevoked
      ? goTo(req, res, '/keys', `The key ${name} is revoked.`)
      : goTo(req, res, '/keys', `The key ${name} was no longer in use.`, 'error');
  });

  return routes;
}
