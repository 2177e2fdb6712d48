import { NotHere } from './problem.js';

const PLAUSIBLE = /^[\w-]{1,100}$/;

/** For `router.param`: an id that cannot be one is as absent as any other. */
export function checkId(req, res, next, id) {
  next(PLAUSIBLE.test(id) ? undefined : new NotHere());
}
