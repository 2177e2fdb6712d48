import helmet from 'helmet';

/** The pages have no scripts at all; what they load and where their forms go is this server. */
const DIRECTIVES = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};
const NOT_USED = ['camera', 'geolocation', 'microphone', 'payment', 'usb'];

/** Headers of every answer: nothing is loaded from elsewhere, framed, guessed or kept. */
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
