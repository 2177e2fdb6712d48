import fc from 'fast-check';
import { isGuardError } from '../../../src/core/errors.js';
import { toPattern } from '../../../src/store/bson/pattern.js';
import { checkRegex } from '../../../src/store/query/regex.js';
import { processorTime } from '../../support/processor-time.js';

function refusal(source: string, flags = ''): string {
  try {
    checkRegex(source, flags);
  } catch (error) {
    if (isGuardError(error) && error.code === 'bad-query') return error.message;
    throw error;
  }
  return 'admitted';
}

describe('a pattern is admitted', () => {
  test.each<[source: string, flags: string, hit: string, miss: string]>([
    ['^alice$', '', 'alice', 'alice2'],
    ['ALICE', 'i', 'xalicex', 'bob'],
    ['a.b', 's', 'a\nb', 'ab'],
    ['^b', 'm', 'a\nb', 'ab'],
    ['colou?r', '', 'color', 'colouur'],
    ['^(?:alice|bob)$', '', 'bob', 'bobby'],
    ['(a|b)(c|d)', '', 'xad', 'ab'],
    ['[0-9a-f]{8}-[0-9a-f]{4}', '', '0123abcd-ef01', '0123abcd_ef01'],
    ['\\d{1,3}(\\.|,)\\d{2}$', '', '12,50', '12,5'],
    ['^.*vacation.*$', 'i', 'my Vacation 2024', 'my holiday'],
    ['foo.*bar', '', 'xx foo and bar', 'bar foo'],
    ['.*foo.*', '', 'a foo b', 'fo'],
    ['\\bfoo\\b', '', 'a foo b', 'afoo'],
    ['[^a-c]', '', 'd', 'abc'],
    ['[\\w.+-]+@[\\w-]+', '', 'a.b@example', 'a.b at example'],
    ['a\\.b\\*\\(c\\)\\[d\\]\\{e\\}', '', 'a.b*(c)[d]{e}', 'axb*(c)[d]{e}'],
    ['a\\-b\\ c\\,d\\#\\@', '', 'a-b c,d#@', 'a-b-c,d#@'],
    ['[\\-\\,\\]\\\\]', '', '\\', 'a'],
    ['^[\\\\,]$', '', '\\', 'a'],
    ['^\\é.$', '', 'é\u{1f600}', 'e\u{1f600}'],
    ['^\u{1f600}{2}$', '', '\u{1f600}\u{1f600}', '\u{1f600}'],
    ['[.]', '', '.', 'x'],
    ['(|a)b', '', 'b', 'a'],
    ['xa{2,49}y', '', 'xaay', 'xay'],
  ])('%s with options "%s"', (source, flags, hit, miss) => {
    const checked = checkRegex(source, flags);
    expect(checked.flags).toBe(flags);
    for (const pattern of [new RegExp(checked.source, `${flags}u`), toPattern(checked.source, checked.flags)])
      expect(pattern.test(hit)).toBe(true);
    expect(toPattern(checked.source, checked.flags).test(miss)).toBe(false);
  });

  test('escapes that say nothing are left out, the others are kept', () => {
    expect(checkRegex('a\\-b\\ \\<\\.\\/[\\-\\,\\.\\^]', '').source).toBe('a-b <\\.\\/[\\-,\\.\\^]');
  });
});

describe('a pattern is refused', () => {
  test.each<[source: string, reason: RegExp]>([
    ['(a+)+$', /a repeated group/],
    ['(a|a)*b', /a repeated group/],
    ['(a|aa)+$', /a repeated group/],
    ['(a){2}', /a repeated group/],
    ['(a)?', /a repeated group/],
    ['(?=a)', /a group with \(\?/],
    ['(?!a)', /a group with \(\?/],
    ['(?<=a)', /a group with \(\?/],
    ['(?<name>a)', /a group with \(\?/],
    ['(?i)a', /a group with \(\?/],
    ['(?#comment)', /a group with \(\?/],
    ['(?', /a group with \(\?/],
    ['(*UTF8)a', /met "\*U"/],
    ['(a)\\1', /met "\\\\1"/],
    ['\\k<name>', /met "\\\\k"/],
    ['\\x41', /met "\\\\x"/],
    ['\\u0041', /met "\\\\u"/],
    ['\\p{L}', /met "\\\\p"/],
    ['\\Qa\\E', /met "\\\\Q"/],
    ['\\A', /met "\\\\A"/],
    ['\\0', /met "\\\\0"/],
    ['\\', /met "\\\\"/],
    ['a\u0000b', /met/],
    ['[a\u0000]', /met/],
    ['[^]', /met "\[\^"/],
    ['[]', /met "\[\]"/],
    ['[]a]', /met "\[\]"/],
    ['[a', /met "\[a"/],
    ['a]', /met "\]"/],
    ['[[:alpha:]]', /met "\[\["/],
    ['[:alpha:]', /met "\[:alpha:\]"/],
    ['[\\:a\\:]', /met "\[:a:\]"/],
    ['[..]', /met "\[\.\.\]"/],
    ['[\\p{L}]', /met "\[\\\\"/],
    ['[\\b]', /met "\[\\\\"/],
    ['[\\x41]', /met "\[\\\\"/],
    ['*a', /met "\*a"/],
    ['a**', /met "\*"/],
    ['a++', /met "\+"/],
    ['a{1}?', /met "\?"/],
    ['a{,5}', /met "\{,"/],
    ['a{1', /met "\{1"/],
    ['{', /met "\{"/],
    ['a}', /met "\}"/],
    ['^*', /not a regular expression/],
    ['\\b+', /not a regular expression/],
    ['a{3,2}', /not a regular expression/],
    ['[z-a]', /not a regular expression/],
    ['[a-\\d]', /not a regular expression/],
    ['(a', /a \( without its \)/],
    ['a)', /a \) without its \(/],
    ['a{101}', /more than 100 repetitions/],
    ['a{1,101}b', /more than 100 repetitions/],
    ['a'.repeat(201), /longer than 200 characters/],
    ['\ud83d', /half of a surrogate pair/],
    ['a.*b.*c', /too many repetitions/],
    ['^a|b.*c.*d', /too many repetitions/],
    ['^a.*b.*c.*d', /too many repetitions/],
    ['a{0,100}b{0,100}c', /too many repetitions/],
    [`${'a?'.repeat(30)}${'a'.repeat(30)}`, /too many repetitions/],
    [`${'(a|a)'.repeat(20)}b`, /too many repetitions/],
    [`${'((a|a)|(a|a))'.repeat(10)}b`, /too many repetitions/],
  ])('%s', (source, reason) => {
    expect(refusal(source)).toMatch(reason);
    expect(refusal(source)).toMatch(/^Pattern ".*" is not allowed: /s);
  });

  test.each(['g', 'y', 'u', 'v', 'd', 'x', 'ii', 'imsi', 'I', ' '])('with the options "%s"', (flags) => {
    expect(refusal('a', flags)).toMatch(/options ".*", expected some of i, m, s/);
  });

  test('^ begins at one place only, unless it stands for the beginning of every line', () => {
    expect([refusal('^a.*b.*c', ''), refusal('^a.*b.*c', 'i')]).toEqual(['admitted', 'admitted']);
    expect(refusal('^a.*b.*c', 'm')).toMatch(/too many repetitions/);
  });
});

describe('whatever the pattern', () => {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'b', '.', '\\w', '[ab]', '[^b]', '\\-', '^', '$', '\\b') },
    { weight: 4, arbitrary: fc.constantFrom('a*', 'a+', '.*', 'a?', 'a{0,9}', 'a{2,}', 'a*?', '\\w{0,100}') },
    { weight: 3, arbitrary: fc.constantFrom('(a|a)', '(?:a|ab|b)', '(a|(a|.))', '(', ')', '|') },
  );
  const pattern = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''));
  const TEXTS = ['a'.repeat(400), `${'a'.repeat(400)}!`, 'ab'.repeat(200), `${'a\n'.repeat(200)}c`];

  test('an admitted one answers at once, also on a text that is made to keep it busy', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom('', 'i', 'm', 'ims'), (source, flags) => {
        if (refusal(source, flags) !== 'admitted') return;
        const compiled = toPattern(checkRegex(source, flags).source, flags);
        const start = processorTime();
        for (const text of TEXTS) compiled.test(text);
        expect(processorTime() - start).toBeLessThan(30_000);
      }),
      { numRuns: 2000, interruptAfterTimeLimit: 8000 },
    );
  });

  test('the dearest that are admitted answer within seconds', () => {
    const dear = [
      '^a*a*a{0,40}!',
      'a*(a|a)(a|a)(a|a)(a|a)(a|a)!',
      `^${'(a|a)'.repeat(18)}!`,
      `${'a?'.repeat(12)}!`,
      '^.*a.*b!',
      'a{0,49}a*!',
    ];
    for (const source of dear) {
      expect(refusal(source)).toBe('admitted');
      const start = processorTime();
      expect(toPattern(checkRegex(source, '').source, '').test('a'.repeat(1000))).toBe(false);
      expect(processorTime() - start).toBeLessThan(60_000);
    }
  });

  test('it is admitted or refused with a reason, and checking an admitted one again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(pattern, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })),
        (source) => {
          if (refusal(source) !== 'admitted') return;
          const { source: checked } = checkRegex(source, '');
          expect(checkRegex(checked, '').source).toBe(checked);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('an admitted one means the same with and without the flag u on texts of single units', () => {
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '-', '\n', 'ß') }), (source, text) => {
        if (refusal(source) !== 'admitted') return;
        const { source: checked } = checkRegex(source, '');
        expect(new RegExp(checked).test(text)).toBe(new RegExp(checked, 'u').test(text));
      }),
      { numRuns: 2000 },
    );
  });
});
