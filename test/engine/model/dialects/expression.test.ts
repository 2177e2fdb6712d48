import {
  ALL_FORMS,
  looksLikeCode,
  NAMES_ONLY,
  readExpression,
} from '../../../../src/engine/model/dialects/expression.js';

test.each([
  ['ann', { kind: 'names', text: 'ann' }],
  [' ann, bob ', { kind: 'names', text: 'ann, bob' }],
  ['ann.smith@example.com', { kind: 'names', text: 'ann.smith@example.com' }],
  ['$(this.data.boss)', { kind: 'script', text: '$(this.data.boss)' }],
  ['$data.boss', { kind: 'script', text: '$data.boss' }],
  ['$this.data.boss', { kind: 'script', text: '$this.data.boss' }],
  ['$INITIATOR', { kind: 'initiator' }],
  ['#appServices.boss', { kind: 'script', text: '#appServices.boss' }],
  ['# return "x"', { kind: 'script', text: '# return "x"' }],
  ['#let x = 1; x', { kind: 'script', text: '#let x = 1; x' }],
  ['${boss}', { kind: 'variable', name: 'boss' }],
  ['${ boss }', { kind: 'variable', name: 'boss' }],
  ['${initiator}', { kind: 'initiator' }],
])('%j is understood', (text, expected) => {
  expect(readExpression(text, ALL_FORMS)).toEqual(expected);
});

test.each([
  '#{boss}',
  '=boss',
  '{{boss}}',
  'u-${boss}',
  'hr,${boss}',
  'hr, =boss',
  '${boss.name}',
  '${execution}',
  '${currentUser}',
  '<%= boss %>',
  '[[boss]]',
  '$boss',
  '$initiator',
  '#boss',
  '$database.boss',
  'a$(b)',
  '[hr, it]',
  '(hr, it)',
  '["hr"]',
  '"hr"',
  "hr, 'it'",
])('%j is an expression in a foreign language', (text) => {
  expect(readExpression(text, ALL_FORMS)).toBeUndefined();
});

test.each(['$(this.data.boss)', '#appServices.boss', '${boss}', '${initiator}', '$INITIATOR'])(
  'a dialect of names alone does not understand %j',
  (text) => {
    expect(readExpression(text, NAMES_ONLY)).toBeUndefined();
  },
);

test.each(['getUser()', 'user.name(1)', '@bean.boss', '%boss%', "'u-' + boss", 'boss + "s"'])(
  'the name %j looks like code',
  (name) => {
    expect(looksLikeCode(name)).toBe(true);
  },
);

test.each(['ann', "O'Brien", 'Finance (EU)', 'r+d', '100%', 'ann@example.com', '@ann'])(
  'the name %j does not look like code',
  (name) => {
    expect(looksLikeCode(name)).toBe(false);
  },
);
