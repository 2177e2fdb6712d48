import { eq } from '../../../../src/core/condition/condition.js';
import { gridOf } from './grids.js';

const TASKS = Array.from({ length: 30 }, (_, at) => `t${at}`);
const OTHERS = Array.from({ length: 30 }, (_, at) => `P${at}`);
const onTasks = TASKS.map(
  (task) => `${task}: Restrict group ${task} to Perform on task ${task} of process P\n`,
);
const onOthers = OTHERS.map((process) => `${process}: Restrict group g to Perform on process ${process}\n`);

/** How often what the rules leave of a candidate's cases speaks of the field. */
function mentions(text: string, field: string): number {
  const when = gridOf(text).narrowing?.someTask(eq('item.candidateUsers', 'ann'));
  return JSON.stringify(when).split(field).length - 1;
}

test('what is said of a process is stated once, however many of its tasks have rules', () => {
  const whole = 'p: Restrict group x to Perform on process P for {"data.limit":{"$lt":5}}\n';
  expect(mentions(whole, 'data.limit')).toBe(1);
  expect(mentions(whole + onTasks.join(''), 'data.limit')).toBe(1);
});

test('what is said of all processes is stated once, however many of them have rules', () => {
  const all = 's: Restrict group x to Perform on system for {"data.limit":{"$lt":5}}\n';
  expect(mentions(all, 'data.limit')).toBe(1);
  expect(mentions(all + onTasks.join('') + onOthers.join(''), 'data.limit')).toBe(1);
});
