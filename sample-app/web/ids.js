import { NotHere } from './problem.js';

const PLAUSIBLE = /^[\w-]{1,100}$/;

/** For `router.param`: an invalid id is treated like an unknown one. */
export function checkId(req, res, next, id) {
  next(PLAUSIBLE.test(id) ? undefined : new NotHere());
}
