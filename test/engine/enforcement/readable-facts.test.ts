import { ReadableFacts } from '../../../src/engine/enforcement/readable-facts.js';

test('the facts of who reads a model are the same ones each time, up to a thousand models', () => {
  const facts = new ReadableFacts();
  const first = facts.of('M0');
  expect(first).toEqual({ readableModels: ['M0'] });
  expect([Object.isFrozen(first), Object.isFrozen(first.readableModels)]).toEqual([true, true]);
  for (let at = 1; at < 1000; at++) expect(facts.of(`M${at}`)).toEqual({ readableModels: [`M${at}`] });
  expect(facts.of('M0')).toBe(first);
  facts.of('M1000');
  expect(facts.of('M0')).toEqual(first);
  expect(facts.of('M0')).not.toBe(first);
});
