const REPLACEMENT = '[hidden]';
/** Secrets recognised by their form: keys of this product, and the login in a URL. */
const PATTERNS = [
  [/bg_[0-9a-f]{16}_[A-Za-z0-9_-]{43}/g, REPLACEMENT],
  // Begins only after `://`, so that a long text is scanned once.
  [/(?<=[a-z0-9+.-]:\/\/)[^\s/@"\\]+@/gi, `${REPLACEMENT}@`],
];
const SHORTEST = 4;

const asJson = (secret) => JSON.stringify(secret).slice(1, -1);

/** The password of a database URL, as written and decoded. */
function passwordsOf(url) {
  const [, password] = /:\/\/[^:@/]*:([^@/]*)@/.exec(url ?? '') ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** The secrets of a configuration. */
export const secretsOf = ({ sessionSecret, apiKey, store }) => [
  sessionSecret,
  apiKey,
  ...passwordsOf(store.url),
];

/**
 * Creates a function that removes secrets from a log line. It is the last safety net: code that logs must name what
 * it writes, and names no secrets.
 * @param secrets texts that must never be written; missing ones are ignored
 */
export function scrubber(secrets) {
  const known = [
    ...new Set(
      secrets
        .filter((secret) => secret !== undefined && secret.length >= SHORTEST)
        .flatMap((secret) => [secret, asJson(secret)]),
    ),
  ];
  return function scrub(line) {
    const without = known.reduce((text, secret) => text.replaceAll(secret, REPLACEMENT), line);
    return PATTERNS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), without);
  };
}
