/**
 * Logs once why nobody can sign in: in production the session cookie is sent over HTTPS only, and this application
 * does not see that HTTPS is used.
 */
export function warnWithoutHttps(logger) {
  let told = false;
  return function https(req, res, next) {
    if (!req.secure && !told) {
      told = true;
      logger.warn(
        'a page was requested without HTTPS: nobody can sign in that way. Put a proxy with HTTPS' +
          ' in front, and set TRUST_PROXY so that it is trusted.',
      );
    }
    next();
  };
}
