import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Name of the form field. */
export const CSRF_FIELD = '_csrf';
const READS = ['GET', 'HEAD', 'OPTIONS'];
/** Where browsers say the request comes from: a page of this origin, or the reader's own doing. */
const OWN_SITES = [undefined, 'same-origin', 'none'];

function same(given, expected) {
  if (typeof given !== 'string' || typeof expected !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A form that did not come from a page of this session. */
export class ForeignForm extends Error {
  status = 403;
}

/**
 * Gives each session a token for its forms (`res.locals.csrf()`), and refuses what is sent without it, or
 * from a page of
 * another site.
 */
export function protectForms() {
  return function csrf(req, res, next) {
    res.locals.csrf = () => {
      if (!req.session) return '';
      if (req.session.csrf === undefined) {
        req.session.csrf = randomBytes(32).toString('base64url');
        res.locals.sessionChanged = true;
      }
      return req.session.csrf;
    };
    if (READS.includes(req.method)) return next();
    const own =
      OWN_SITES.includes(req.headers['sec-fetch-site']) && same(req.body?.[CSRF_FIELD], req.session.csrf);
    return own ? next() : next(new ForeignForm());
  };
}
