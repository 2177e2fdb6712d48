import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const names = (text, value = 'readonly') => Object.fromEntries(text.split(' ').map((name) => [name, value]));
const NODE = names(
  'process console Buffer URL URLSearchParams AbortController AbortSignal TextDecoder' +
    ' TextEncoder setTimeout clearTimeout setInterval clearInterval setImmediate' +
    ' clearImmediate queueMicrotask structuredClone performance fetch Headers Request' +
    ' Response FormData',
);
const BROWSER = names(
  'window document navigator location history localStorage sessionStorage fetch EventSource' +
    ' FormData URL URLSearchParams AbortController CustomEvent Event HTMLElement DOMParser' +
    ' setTimeout clearTimeout setInterval clearInterval requestAnimationFrame console',
);

const STATE = {
  selector:
    'Program > :matches(VariableDeclaration[kind!="const"], ExportNamedDeclaration >' +
    ' VariableDeclaration[kind!="const"])',
  message: 'A module holds no state: use const, or a value made by a function.',
};
const ENVIRONMENT = {
  selector:
    'MemberExpression[object.name="process"][property.name="env"],' +
    ' MemberExpression[object.name="process"][property.value="env"],' +
    ' VariableDeclarator[init.name="process"] Property[key.name="env"],' +
    ' ImportSpecifier[imported.name="env"]',
  message: 'The environment is read in src/engine/contract/environment.ts only.',
};
const CLOCK = {
  selector:
    'CallExpression[callee.object.name="Date"][callee.property.name="now"],' +
    ' NewExpression[callee.name="Date"][arguments.length=0],' +
    ' CallExpression[callee.name="Date"],' +
    ' CallExpression[callee.object.name="performance"][callee.property.name="now"]',
  message:
    'Durations are measured by ticks or freshFor, times are read by wallClock or today: src/core/clock.ts.',
};
const UNUSED = [
  'error',
  { args: 'after-used', argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'coverage/',
      'node_modules/',
      '**/*.min.js',
      'sample-app/public/vendor/',
      'sample-app/.data/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs,ts}'],
    // Pages and models are written as templates of several lines.
    rules: { 'max-len': ['error', { code: 120, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }] },
  },
  {
    files: ['test/**', 'eslint.config.mjs'],
    // The name of a test is one string.
    rules: {
      'max-len': [
        'error',
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true },
      ],
    },
  },
  { files: ['src/**'], rules: { 'max-len': ['error', { code: 120, ignoreRegExpLiterals: true }] } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: { ecmaVersion: 2024, sourceType: 'module', globals: NODE },
    rules: { 'no-unused-vars': UNUSED, eqeqeq: 'error', 'prefer-const': 'error', 'no-var': 'error' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: names('__filename __dirname') },
  },
  { files: ['sample-app/public/**/*.js'], languageOptions: { globals: BROWSER } },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': UNUSED,
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      'max-lines': ['error', { max: 250 }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', STATE, ENVIRONMENT, CLOCK],
    },
  },
  // The build writes it.
  { files: ['src/core/policies/generated-rules.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['src/engine/contract/environment.ts'],
    rules: { 'no-restricted-syntax': ['error', STATE, CLOCK] },
  },
  { files: ['src/core/clock.ts'], rules: { 'no-restricted-syntax': ['error', STATE, ENVIRONMENT] } },
  { files: ['src/cli.ts', 'src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['src/engine/contract/console-logger.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
);
