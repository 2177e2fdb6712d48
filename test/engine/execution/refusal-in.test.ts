import { AccessDenied } from '../../../src/core/errors.js';
import { refusalIn } from '../../../src/engine/execution/refusal-in.js';

const refusal = new AccessDenied('forbidden', 'No.');
const because = (cause: unknown): Error => new Error('Something failed.', { cause });
const several = (...errors: unknown[]): Error => new AggregateError(errors);

describe('The refusal because of which an error was thrown', () => {
  test.each<[string, unknown]>([
    ['the error itself', refusal],
    ['its cause', because(refusal)],
    ['a cause further down', because(because(because(refusal)))],
    ['one in each of several errors', several(because(refusal), refusal)],
    ['one error that stands there twice', several(because(refusal), refusal, because(refusal))],
  ])('is %s', (_where, error) => {
    expect(refusalIn(error)).toBe(refusal);
    const same = because(refusal);
    expect(refusalIn(several(same, same))).toBe(refusal);
  });

  test.each<[string, unknown]>([
    ['another error', new Error('No.')],
    ['something else than an error', { cause: refusal }],
    ['several errors of which one has none', several(refusal, new Error('No.'))],
    ['several errors in none', several()],
  ])('is missing in %s', (_where, error) => {
    expect(refusalIn(error)).toBeUndefined();
  });

  test('is missing in an error that contains itself', () => {
    const error = several();
    (error as AggregateError).errors.push(refusal, error);
    expect(refusalIn(error)).toBeUndefined();
    const loop = new Error('Again.');
    loop.cause = loop;
    expect(refusalIn(loop)).toBeUndefined();
  });

  test('is looked for in each error once, and in at most a hundred', () => {
    let asked = 0;
    const counting = (errors: unknown[]): Error =>
      Object.defineProperty(several(), 'errors', { get: () => (asked++, errors) });
    let error: unknown = refusal;
    for (let depth = 0; depth < 60; depth++) error = counting(Array(10).fill(error));
    expect(refusalIn(error)).toBe(refusal);
    expect(asked).toBe(60);
    const many = several(...Array.from({ length: 101 }, () => because(refusal)));
    expect(refusalIn(many)).toBeUndefined();
  });
});
