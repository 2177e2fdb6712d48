import helmet from 'helmet';

/** Pages have no scripts; resources and form targets are on this server only. */
const DIRECTIVES = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};
const NOT_USED = ['camera', 'geolocation', 'microphone', 'payment', 'usb'];

/** Headers of every response: nothing external is loaded, and responses are not framed, sniffed or cached. */
export function protectAnswers() {
  const secure = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  const own = {
    'Cache-Control': 'no-store',
    'Permissions-Policy': NOT_USED.map((feature) => `${feature}=()`).join(', '),
  };
  return [secure, (req, res, next) => next(void res.set(own))];
}
