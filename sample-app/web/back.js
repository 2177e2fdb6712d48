/** A list of this application, with its filter. */
const LIST = /^\/(?:tasks|instances)(?:\?[\w%=&.+-]*)?$/;

/** Remembers the current list with its filter, so that the pages of its rows lead back to it. */
export function rememberList(req, res, address) {
  if (req.session.list === address) return;
  req.session.list = address;
  res.locals.sessionChanged = true;
}

/** The list that was shown last; otherwise the given one. */
export function listBefore(req, otherwise) {
  const { list } = req.session ?? {};
  return typeof list === 'string' && LIST.test(list) && list.startsWith(otherwise) ? list : otherwise;
}
