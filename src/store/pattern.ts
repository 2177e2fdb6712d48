/**
 * A regular expression that means in JavaScript what MongoDB's PCRE means by it: `.` is anything but a line feed, `$`
 * also stands before a last line feed, `\s` is the six ASCII blanks.
 * @throws TypeError when it is no regular expression, or an option is not one of i, m, s
 */
export function toPattern(source: string, options: string): RegExp {
  const flags = [...new Set(options)].filter((flag) => flag !== 'g' && flag !== 'y' && flag !== 'u').join('');
  if (/[^ims]/.test(flags)) throw new TypeError(`$options ${JSON.stringify(options)} is not supported`);
  try {
    return new RegExp(translate(source, flags), `${flags}u`);
  } catch {
    // Without the u flag JavaScript takes escapes that PCRE takes too, such as \- or \'.
    try {
      return new RegExp(translate(source, flags), flags);
    } catch (cause) {
      throw new TypeError(`$regex ${JSON.stringify(source.slice(0, 40))} is no regular expression`, { cause });
    }
  }
}

const TOKEN = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g;
const BLANKS = '\\t\\n\\v\\f\\r ';

function translate(source: string, flags: string): string {
  return source.replace(TOKEN, (token) => {
    if (token === '.') return flags.includes('s') ? '[\\s\\S]' : '[^\\n]';
    if (token === '$') return flags.includes('m') ? '(?=\\n|$)' : '(?=\\n?$)';
    if (token === '\\s') return `[${BLANKS}]`;
    if (token === '\\S') return `[^${BLANKS}]`;
    return token.length > 1 && token.startsWith('[') ? token.replace(/\\([\s\S])/g, (escape, char) => (char === 's' ? BLANKS : escape)) : token;
  });
}
