interface Html {
  html(parts: TemplateStringsArray, ...values: unknown[]): object;
  attribute(name: string, condition: boolean): unknown;
}
const { html, attribute } = require('../../sample-app/web/html.js') as Html;

const HOSTILE = `<script>alert('x')</script>" & `;
const ESCAPED = '&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; &amp; ';

test.each([
  ['a text', HOSTILE],
  ['an object with a text of its own', { toString: () => HOSTILE }],
  ['a list', [HOSTILE]],
  ['a list in a list', [[HOSTILE]]],
])('%s is escaped', (_, value) => {
  expect(String(html`<p>${value}</p>`)).toBe(`<p>${ESCAPED}</p>`);
});

test('markup of its own is kept, once and twice', () => {
  const inner = html`<b>${HOSTILE}</b>`;
  expect(String(html`<p>${inner}${[inner]}</p>`)).toBe(`<p><b>${ESCAPED}</b><b>${ESCAPED}</b></p>`);
});

test.each([[undefined], [null], [true], [false]])('%s gives nothing, 0 gives 0', (value) => {
  expect(String(html`[${value}]${0}`)).toBe('[]0');
});

test('an attribute without a value is there or not', () => {
  expect(String(html`<input${attribute('required', true)}${attribute('checked', false)}>`)).toBe(
    '<input required>',
  );
});
