import type { Io } from './io.js';

const HIDDEN = '…';
/** Shorter ones are hidden as words of their own only: within other words they would be found by chance. */
const SHORT = 4;

/** The user information of a URL: up to its last `@`, since a password may hold any character unescaped. */
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

/** The arguments that hold a URL. One whose password has a blank in it was split by the shell, and is put together. */
function urlsIn(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    if (!arg.includes('://')) return [];
    if (arg.includes('@')) return [arg];
    const end = args.findIndex((other, index) => index > at && other.includes('@'));
    return [args.slice(at, end < 0 ? at + 1 : end + 1).join(' ')];
  });
}

/** The secrets that a URL gives away; of a password with blanks each word too, since they are told of one by one. */
function secretsOf(url: string): string[] {
  const [, login = ''] = LOGIN.exec(url) ?? [];
  const at = login.indexOf(':');
  const password = at < 0 ? '' : login.slice(at + 1);
  const options = [...url.matchAll(SECRET_OPTION)].map(([, , value = '']) => value);
  return [password, ...password.split(/\s+/), ...options];
}

/** Takes one secret out of a text. */
function without(text: string, secret: string): string {
  if (secret.length >= SHORT) return text.replaceAll(secret, HIDDEN);
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}_-])${escaped}(?![\\p{L}\\p{N}_-])`, 'gu'), HIDDEN);
}

/** The passwords that the URLs give away, the longest first; each also as it is meant. */
function passwordsOf(urls: readonly string[]): string[] {
  const found = urls.flatMap(secretsOf).flatMap((secret) => [secret, decoded(secret)]);
  return [...new Set(found)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
}

const inUrls = (text: string): string =>
  text.replace(IN_URL, `$1:${HIDDEN}@`).replace(SECRET_OPTION, `$1${HIDDEN}`);

/** Takes the passwords of these URLs out of a text wherever they stand, those of other URLs where they stand in one. */
export function redactor(urls: readonly string[]): (text: string) => string {
  const passwords = passwordsOf(urls);
  return (text) => inUrls(passwords.reduce(without, text));
}

/**
 * The same streams, without the passwords of URLs. In results they are hidden within URLs only: a user may be called as
 * the password of the database is.
 * @param url that of the environment
 */
export function withoutPasswords(args: readonly string[], io: Io, url: string | undefined): Io {
  const urls = [...urlsIn(args), ...(url === undefined ? [] : [url])];
  const passwords = passwordsOf(urls);
  const redact = redactor(urls);
  const redactUrls = (text: string): string =>
    inUrls(passwords.reduce((left, password) => left.replaceAll(`:${password}@`, `:${HIDDEN}@`), text));
  return { ...io, out: (line) => io.out(redactUrls(line)), err: (line) => io.err(redact(line)) };
}
