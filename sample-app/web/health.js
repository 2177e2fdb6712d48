const LIMIT = 5000;
/** How long an answer is cached, in milliseconds, so that frequent requests do not load the store. */
const CACHE = 1000;

const LATE = Object.freeze({ ok: false, cause: 'no answer in time' });
const isReady = ({ ok, reindexed }) => ok && reindexed;

/** The problems, for the log. */
function facts({ store, missingIndexes, reindexed, stuck }) {
  return { store: store?.answers === true, missingIndexes: missingIndexes?.length, reindexed, stuck };
}

/**
 * `/healthz`: the process answers. `/readyz`: the store answers too, its indexes exist and its documents are
 * reindexed; otherwise 503. Anyone may ask, so the answer is only yes or no; the log has the problem.
 */
export function healthRoutes(guard, logger) {
  let last = { until: -Infinity, health: undefined };
  let wasReady = true;

  async function look() {
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, LIMIT, LATE)));
    const health = await Promise.race([
      guard.health().catch((error) => ({ ok: false, cause: error.message })),
      late,
    ]);
    clearTimeout(timer);
    last.until = performance.now() + CACHE;
    if (isReady(health) !== wasReady) {
      wasReady = isReady(health);
      if (wasReady) logger.info('ready again');
      else logger.error('not ready', facts(health));
    }
    return health;
  }

  function current() {
    if (last.until <= performance.now()) last = { until: Infinity, health: look() };
    return last.health;
  }

  return function health(req, res, next) {
    if (req.path !== '/healthz' && req.path !== '/readyz') return next();
    res.locals.route = req.path;
    if (req.method !== 'GET' && req.method !== 'HEAD') return res.set('Allow', 'GET, HEAD').sendStatus(405);
    if (req.path === '/healthz') return res.json({ status: 'ok' });
    current().then(
      (found) => res.status(isReady(found) ? 200 : 503).json({ ready: isReady(found) === true }),
      next,
    );
  };
}
