import type { Io } from './io.js';

const HIDDEN = '…';
/** Shorter ones are hidden only as whole words: inside other words they would match by chance. */
const SHORT = 4;

/** The user information of a URL: up to the last `@`, since a password may contain any character unescaped. */
const LOGIN = /\w:\/\/([^\n]*)@/;
const IN_URL = /(\w:\/\/[^\s:@/]*):[^\s]*@/g;
/** Options of a connection string that are secrets themselves. */
const SECRET_OPTION = /([?&][^\s=&]*(?:password|token|secret|properties)[^\s=&]*=)([^\s&]+)/gi;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The arguments that contain a URL. A URL whose password contains a blank was split by the shell and is joined
 * again.
 */
function urlsIn(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    if (!arg.includes('://')) return [];
    if (arg.includes('@')) return [arg];
    const end = args.findIndex((other, index) => index > at && other.includes('@'));
    return [args.slice(at, end < 0 ? at + 1 : end + 1).join(' ')];
  });
}

/** The secrets in a URL. For a password with blanks also each word, since messages may contain single words. */
function secretsOf(url: string): string[] {
  const [, login = ''] = LOGIN.exec(url) ?? [];
  const at = login.indexOf(':');
  const password = at < 0 ? '' : login.slice(at + 1);
  const options = [...url.matchAll(SECRET_OPTION)].map(([, , value = '']) => value);
  return [password, ...password.split(/\s+/), ...options];
}

/** Removes one secret from a text. */
function without(text: string, secret: string): string {
  if (secret.length >= SHORT) return text.replaceAll(secret, HIDDEN);
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}_-])${escaped}(?![\\p{L}\\p{N}_-])`, 'gu'), HIDDEN);
}

/** The passwords in the URLs, longest first; each also in its decoded form. */
function passwordsOf(urls: readonly string[]): string[] {
  const found = urls.flatMap(secretsOf).flatMap((secret) => [secret, decoded(secret)]);
  return [...new Set(found)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
}

const inUrls = (text: string): string =>
  text.replace(IN_URL, `$1:${HIDDEN}@`).replace(SECRET_OPTION, `$1${HIDDEN}`);

/** Removes the passwords of these URLs from a text wherever they occur, and those of other URLs inside URLs. */
function redactor(urls: readonly string[]): (text: string) => string {
  const passwords = passwordsOf(urls);
  return (text) => inUrls(passwords.reduce(without, text));
}

/** A text as it stands in JSON, without the quotes. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * The same streams without the passwords of the URLs of this command. Other URLs in results are data, which must be
 * shown as it is stored; and a user may be named like the password of the database.
 * @param url the URL from the environment
 */
export function withoutPasswords(args: readonly string[], io: Io, url: string | undefined): Io {
  const urls = [...urlsIn(args), ...(url === undefined || url === '' ? [] : [url])];
  const redact = redactor(urls);
  const hidden = [
    ...urls.map((given) => [given, inUrls(given)]),
    ...passwordsOf(urls).map((password) => [`:${password}@`, `:${HIDDEN}@`]),
  ].flatMap(([from = '', to = '']) => [
    [from, to],
    [inJson(from), inJson(to)],
  ]);
  const redactOwn = (text: string): string =>
    hidden.reduce((rest, [from = '', to = '']) => rest.replaceAll(from, () => to), text);
  return { ...io, out: (line) => io.out(redactOwn(line)), err: (line) => io.err(redact(line)) };
}
