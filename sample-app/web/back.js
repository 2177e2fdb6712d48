/** A list of this application, with its filter. */
const LIST = /^\/(?:tasks|instances)(?:\?[\w%=&.+-]*)?$/;

/** Remembers the list that is shown, with its filter, so that pages of one of its rows lead back to it. */
export function rememberList(req, res, address) {
  if (req.session.list === address) return;
  req.session.list = address;
  res.locals.sessionChanged = true;
}

/** Where the reader came from: the list that was shown last, else that one. */
export function listBefore(req, otherwise) {
  const { list } = req.session ?? {};
  return typeof list === 'string' && LIST.test(list) && list.startsWith(otherwise) ? list : otherwise;
}
