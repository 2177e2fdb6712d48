/**
 * Says once in the log why nobody can sign in: in production the cookie of the session goes over HTTPS only, and this
 * application does not see that it is used.
 */
export function warnWithoutHttps(logger) {
  let told = false;
  return function https(req, res, next) {
    if (!req.secure && !told) {
      told = true;
      logger.warn(
        'a page was asked for without HTTPS: nobody can sign in that way. Put a proxy with HTTPS in front, and set TRUST_PROXY so that it is believed.',
      );
    }
    next();
  };
}
