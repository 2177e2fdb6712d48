import { randomBytes, timingSafeEqual } from 'node:crypto';
import { requireOwnOrigin } from 'bpmn-guard';

/** Name of the form field. */
export const CSRF_FIELD = '_csrf';
const READS = ['GET', 'HEAD', 'OPTIONS'];

function same(given, expected) {
  if (typeof given !== 'string' || typeof expected !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A form that did not come from a page of this session. */
export class ForeignForm extends Error {
  status = 403;
}

const hasToken = (req) => same(req.body?.[CSRF_FIELD], req.session?.csrf);

/**
 * Gives each session a token for its forms (`res.locals.csrf()`) and refuses forms without it, or from a page of
 * another origin. If the browser does not name the origin, the token alone decides.
 */
export function protectForms() {
  const ownOrigin = requireOwnOrigin({ otherwise: hasToken });
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
    ownOrigin(req, res, (error) =>
      next(error === undefined && hasToken(req) ? undefined : new ForeignForm()),
    );
  };
}
