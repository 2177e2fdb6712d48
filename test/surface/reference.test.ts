import { execFileSync } from 'node:child_process';

test('the reference page says what the code holds', () => {
  execFileSync('npm', ['run', '--silent', 'build', '--', '--if-needed']);
  expect(() => execFileSync('node', ['scripts/docs.mjs', '--check'], { stdio: 'pipe' })).not.toThrow();
});
