const REPLACEMENT = '[hidden]';
/** What cannot be told apart from text by its name: keys of this product, and the login of an address. */
const PATTERNS = [
  [/bg_[0-9a-f]{16}_[A-Za-z0-9_-]{43}/g, REPLACEMENT],
  // Begins behind `://` alone, so that a long text is gone through once.
  [/(?<=[a-z0-9+.-]:\/\/)[^\s/@"\\]+@/gi, `${REPLACEMENT}@`],
];
const SHORTEST = 4;

const asJson = (secret) => JSON.stringify(secret).slice(1, -1);

/** The password of a database address, as it is written there and as it is meant. */
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
 * Makes what takes secrets out of a line of the log. It is the last net: what writes to the log has to name what it
 * writes, and names none of them.
 * @param secrets texts that may never be written; missing ones are left out
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
