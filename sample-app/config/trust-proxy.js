import { isIP } from 'node:net';
import { text } from './text.js';

const NAMES = ['loopback', 'linklocal', 'uniquelocal'];
const MOST_HOPS = 10;

function isSubnet(entry) {
  const [address, bits, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/**
 * The proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted, as in Express's `trust proxy`: false, a
 * number of proxies, or their addresses.
 * @throws Error for anything else, including `true`: everybody could then forge an address
 */
export function trustProxyFrom(env) {
  const value = text(env.TRUST_PROXY);
  if (value === undefined || value === 'false' || value === '0') return false;
  if (/^\d+$/.test(value) && Number(value) <= MOST_HOPS) return Number(value);
  const entries = value.split(',').map((entry) => entry.trim());
  if (entries.every((entry) => NAMES.includes(entry) || isSubnet(entry))) return entries;
  throw new Error(
    `TRUST_PROXY must be false, the number of proxies (1 to ${MOST_HOPS}), or their addresses` +
      ` such as "loopback, 10.0.0.0/8"; got ${JSON.stringify(value)}.`,
  );
}
