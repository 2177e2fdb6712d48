import { Router } from 'express';
import { policiesPage } from '../pages/policies.js';

const MOST_VERSIONS = 20;
/** Characters that one page shows. */
const MOST_TEXT = 100_000;

/** The policies in force, for administrators; the guard decides at each call who may read them. */
export function policyRoutes(guard) {
  const routes = Router();

  routes.get('/policies', async (req, res) => {
    const { view } = res.locals;
    const { policies } = guard.as(view.user);
    const version = await policies.version();
    // All of one version, even if somebody changes the policies meanwhile.
    const [text, versions] = await Promise.all([
      policies.export({ version }),
      policies.history({ limit: MOST_VERSIONS, before: version + 1 }),
    ]);
    res.locals.show(
      policiesPage(view, {
        version,
        text: text.slice(0, MOST_TEXT),
        isCut: text.length > MOST_TEXT,
        versions,
      }),
    );
  });

  return routes;
}
