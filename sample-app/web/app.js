import { fileURLToPath } from 'node:url';
import express from 'express';
import session from 'express-session';
import { instanceRoutes } from '../routes/instances.js';
import { sessionRoutes } from '../routes/session.js';
import { startRoutes } from '../routes/start.js';
import { taskRoutes } from '../routes/tasks.js';
import { actingUser } from '../session/acting-user.js';
import { protectForms } from '../session/csrf.js';
import { passportFor } from '../session/login.js';
import { SessionStore } from '../session/store.js';
import { protectAnswers } from './headers.js';
import { answerErrors, NotHere } from './problem.js';
import { prepareView, takeNotice } from './view.js';

const COOKIE = 'workflow.sid';
const HOURS = 60 * 60 * 1000;
const BODY_LIMIT = '64kb';
const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));

const sessions = (guard, secret) =>
  session({
    name: COOKIE,
    secret,
    resave: false,
    saveUninitialized: false,
    store: new SessionStore(guard.store.values('sessions')),
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: 8 * HOURS },
  });

/** The web application, over a guard that is ready. */
export function webApp({ guard, notifications, config, secret, logger }) {
  const login = passportFor(guard);
  const app = express();
  app.disable('x-powered-by');
  app.use(express.static(PUBLIC, { index: false, maxAge: '1h', setHeaders: (res) => res.set('X-Content-Type-Options', 'nosniff') }));
  app.use(protectAnswers());
  app.use(prepareView(config));
  app.use(sessions(guard, secret));
  app.use(takeNotice());
  app.use(login.session());
  app.use(express.urlencoded({ extended: false, limit: BODY_LIMIT }));
  app.use(protectForms());
  app.use(sessionRoutes(login, COOKIE));
  app.use(actingUser(guard, config));
  app.get('/', (req, res) => res.redirect(303, '/tasks'));
  app.use(taskRoutes(guard, notifications), startRoutes(), instanceRoutes());
  app.use(() => {
    throw new NotHere();
  });
  app.use(answerErrors(logger));
  return app;
}
