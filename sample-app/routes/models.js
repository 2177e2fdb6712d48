import { Router } from 'express';
import { modelsPage } from '../pages/models.js';

/** The models; which of them somebody sees is decided by the guard. */
export function modelRoutes() {
  const routes = Router();
  routes.get('/models', async (_req, res) => {
    const models = await res.locals.api.model.get({});
    res.locals.show(modelsPage(res.locals.view, models));
  });
  return routes;
}
