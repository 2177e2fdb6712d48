import { Router } from 'express';
import { modelsPage } from '../pages/models.js';

/** The models; the guard decides which of them a user sees. */
export function modelRoutes() {
  const routes = Router();
  routes.get('/models', async (_req, res) => {
    const models = await res.locals.api.model.get({});
    res.locals.show(modelsPage(res.locals.view, models));
  });
  return routes;
}
