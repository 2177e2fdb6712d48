/**
 * Translates a regular expression to one with the semantics of MongoDB's PCRE: `.` matches anything but a line feed,
 * `$` also matches before a final line feed, only line feeds end lines, `\s` is the six ASCII blanks.
 * @throws TypeError when it is not a valid regular expression, or an option is not one of i, m, s
 */
export function toPattern(source: string, options: string): RegExp {
  const flags = [...new Set(options)].filter((flag) => flag !== 'g' && flag !== 'y' && flag !== 'u').join('');
  if (/[^ims]/.test(flags)) throw new TypeError(`$options ${JSON.stringify(options)} is not supported`);
  const text = translate(source, flags);
  const kept = flags.replace('m', '');
  try {
    return new RegExp(text, `${kept}u`);
  } catch {
    // Without the u flag JavaScript accepts escapes that PCRE accepts too, such as \- or \'.
    try {
      return new RegExp(text, kept);
    } catch (cause) {
      throw new TypeError(`$regex ${JSON.stringify(source.slice(0, 40))} is not a regular expression`, {
        cause,
      });
    }
  }
}

const TOKEN = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g;
const BLANKS = '\\t\\n\\v\\f\\r ';
const NO_BLANKS = '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}';

export function translate(source: string, flags: string): string {
  return source.replace(TOKEN, (token) => {
    if (token === '.') return flags.includes('s') ? '[\\s\\S]' : '[^\\n]';
    // In PCRE no line begins after a final line feed.
    if (token === '^') return flags.includes('m') ? '(?:^|(?<=\\n)(?=[\\s\\S]))' : '^';
    if (token === '$') return flags.includes('m') ? '(?=\\n|$)' : '(?=\\n?$)';
    if (token === '\\s') return `[${BLANKS}]`;
    if (token === '\\S') return `[^${BLANKS}]`;
    return token.length > 1 && token.startsWith('[')
      ? token.replace(/\\([\s\S])/g, (escape, char) =>
          char === 's' ? BLANKS : char === 'S' ? NO_BLANKS : escape,
        )
      : token;
  });
}
