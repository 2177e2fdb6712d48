import { fileURLToPath } from 'node:url';
import { apiKeys, requireHost } from 'bpmn-guard';
import express from 'express';
import session from 'express-session';
import { logRequests } from '../logging/requests.js';
import { restFace } from '../rest/rest.js';
import { accountRoutes } from '../routes/account.js';
import { instanceRoutes } from '../routes/instances.js';
import { keyRoutes } from '../routes/keys.js';
import { modelRoutes } from '../routes/models.js';
import { policyRoutes } from '../routes/policies.js';
import { ownSessionRoutes } from '../routes/own-sessions.js';
import { sessionRoutes } from '../routes/session.js';
import { startRoutes } from '../routes/start.js';
import { taskRoutes } from '../routes/tasks.js';
import { userRoutes } from '../routes/users.js';
import { actingUser } from '../session/acting-user.js';
import { sessionCookie } from '../session/cookie.js';
import { protectForms } from '../session/csrf.js';
import { passportFor } from '../session/login.js';
import { sessionRecords } from '../session/records.js';
import { SessionStore } from '../session/store.js';
import { protectAnswers } from './headers.js';
import { healthRoutes } from './health.js';
import { limitsOf } from './limits.js';
import { answerErrors, NotHere } from './problem.js';
import { prepareView, takeNotice } from './view.js';
import { warnWithoutHttps } from './without-https.js';

const FORM = Object.freeze({ extended: false, limit: '64kb', parameterLimit: 200 });
const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));

function sessionsIn(store, config, secret) {
  const { name, options } = sessionCookie(config);
  return session({
    name,
    secret,
    resave: false,
    saveUninitialized: false,
    store,
    cookie: options,
  });
}

function markStatic(res) {
  res.locals.route = 'static';
  res.set('Cache-Control', 'public, max-age=3600');
}

/** Refuses what is no address of a page, such as `OPTIONS *`: it has no session, so that nobody could be signed in. */
function refuseOtherTargets(req, res, next) {
  next(req.path?.startsWith('/') ? undefined : new NotHere());
}

/** The web application, over a guard that is ready. */
export function webApp({ guard, users, notifications, config, secret, logger, limits: wanted }) {
  const login = passportFor(guard, users, secret);
  const limits = limitsOf(wanted);
  const sessions = new SessionStore(guard.store, config.sessionTimes);
  const mode = config.production ? 'production' : 'development';
  const keys = apiKeys(guard.store, { env: { API_KEY: config.apiKey, NODE_ENV: mode }, logger });
  const records = sessionRecords(guard, users);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', config.trustProxy);
  app.use(logRequests(logger), protectAnswers(), prepareView(config), healthRoutes(guard, logger));
  app.use(refuseOtherTargets, requireHost(config.allowedHosts));
  app.use(express.static(PUBLIC, { index: false, setHeaders: markStatic }));
  app.use(restFace(guard, keys, limits, logger));
  if (config.production) app.use(warnWithoutHttps(logger));
  app.use(sessionsIn(sessions, config, secret), takeNotice(), login.session());
  if (config.requireAuthentication) app.use(limits.strangers);
  app.use(express.urlencoded(FORM), protectForms());
  app.use(sessionRoutes(login, sessions, limits, config, records));
  app.use(actingUser(guard, users, config));
  app.get('/', (req, res) => res.redirect(303, '/tasks'));
  app.use(
    taskRoutes(guard, users, notifications),
    startRoutes(guard),
    instanceRoutes(),
    modelRoutes(),
    userRoutes(guard, users),
    keyRoutes(guard, keys, config),
    policyRoutes(guard),
  );
  if (config.requireAuthentication)
    app.use(
      accountRoutes(guard, users, login, limits, sessions),
      ownSessionRoutes(sessions, config, records),
    );
  app.use(() => {
    throw new NotHere();
  });
  app.use(answerErrors(logger));
  return app;
}
