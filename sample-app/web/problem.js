import { isGuardError } from 'bpmn-guard';
import { ForeignForm } from '../session/csrf.js';
import { errorPage } from '../pages/error.js';
import { TooMany } from './limits.js';

/** An address that does not exist or that the reader may not know of; both get the same words. */
export class NotHere extends Error {
  status = 404;
}

/** Seconds. */
const RETRY_AFTER = '5';
const NOT_HERE = { title: 'Not found', message: 'This page does not exist, or you may not see it.' };
const TITLES = {
  400: 'Invalid request',
  401: 'Please sign in',
  403: 'Not allowed',
  409: 'That is no longer possible',
  413: 'Too large',
  421: 'Unknown host name',
  429: 'Too many requests',
  503: 'Not available just now',
};

/**
 * The public facts about an error: status, title, message. Undefined if nothing may be shown. @param isAction
 * whether the request was to change something
 */
function told(error, isAction) {
  if (error instanceof NotHere || (isGuardError(error) && error.status === 404))
    return { status: 404, ...NOT_HERE };
  if (error instanceof ForeignForm)
    return {
      status: 403,
      title: 'Please try again',
      message:
        'This form did not come from a page of your session, or the session has ended. Nothing was changed.',
    };
  if (error instanceof TooMany)
    return {
      status: 429,
      title: TITLES[429],
      message: 'There were too many tries. Please wait a while, and try again.',
    };
  if (isGuardError(error) && error.status === 503)
    return {
      status: 503,
      title: TITLES[503],
      message: isAction
        ? 'The data is not available at the moment. We do not know whether your change was made:' +
          ' please check before you try again.'
        : 'The data is not available at the moment. Please try again in a moment.',
    };
  if (isGuardError(error) && error.status !== 500)
    return { status: error.status, title: TITLES[error.status] ?? TITLES[400], message: error.message };
  // Errors of the body parser and the router blame the request.
  if (error?.expose === true && error.status < 500)
    return {
      status: error.status,
      title: TITLES[error.status] ?? TITLES[400],
      message: 'The request could not be read. Nothing was changed.',
    };
  if (error instanceof URIError) return { status: 404, ...NOT_HERE };
  return undefined;
}

/**
 * Answers every error with a page that explains it, never with a stack. Unexpected errors are logged under a number
 * that the page shows.
 */
export function answerErrors(logger) {
  // Express recognises error handlers by their four parameters.
  return function errors(error, req, res, next) {
    if (res.headersSent) return next(error);
    let known = told(error, req.method === 'POST');
    const number = res.locals.requestId;
    if (known === undefined) {
      logger.error('request failed', { id: number, error });
      known = {
        status: 500,
        title: 'Something went wrong',
        message: `The request could not be carried out. Tell your administrator this number: ${number}.`,
      };
    } else if (known.status === 503) logger.warn('request could not be answered', { id: number, error });
    const task = /^\/tasks\/[^/]+/.exec(req.path);
    const back =
      known.status !== 404 && req.method === 'POST' && task
        ? { href: task[0], label: 'Back to the task' }
        : undefined;
    const page = String(errorPage(res.locals.view, { ...known, back }));
    if (known.status === 503) {
      if (!res.hasHeader('Retry-After')) res.set('Retry-After', RETRY_AFTER);
      // If the store does not answer, storing the session at the end would keep the reader waiting again.
      req.session = undefined;
    }
    res.status(known.status).send(page);
  };
}
