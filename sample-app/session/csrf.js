import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Name of the form field. */
export const CSRF_FIELD = '_csrf';

function same(given, expected) {
  if (typeof given !== 'string' || typeof expected !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A form that did not come from a page of this session. */
export class ForeignForm extends Error {
  status = 403;
}

/** Gives each session a token for its forms (`res.locals.csrf()`), and refuses what is sent without it. */
export function protectForms() {
  return function csrf(req, res, next) {
    res.locals.csrf = () => (req.session.csrf ??= randomBytes(32).toString('base64url'));
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    return same(req.body?.[CSRF_FIELD], req.session.csrf) ? next() : next(new ForeignForm());
  };
}
