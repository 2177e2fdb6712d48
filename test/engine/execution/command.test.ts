import { SYSTEM_USER } from 'bpmn-guard';
import { Command } from '../../../src/engine/execution/command.js';

const begun = (): Command => {
  const command = new Command(SYSTEM_USER, undefined, undefined, 'ann', 10);
  command.beforeCommit = () => Promise.resolve();
  return command;
};
const tooLate = new Error('too late');

test('a command that was given up while idle does not settle, so it is not stored', async () => {
  const command = begun();
  expect(command.giveUp(tooLate)).toBe(true);
  await expect(command.settle()).rejects.toBe(tooLate);
  expect(command.settled).toBe(false);
});

test('a command that has settled is not given up any more, since it is being written', async () => {
  const command = begun();
  await command.settle();
  expect([command.settled, command.giveUp(tooLate)]).toEqual([true, false]);
});

test('each step of a command that was given up is refused with its reason', () => {
  const command = begun();
  command.step();
  command.giveUp(tooLate);
  expect(() => command.step()).toThrow(tooLate);
  expect(() => command.assertGoesOn()).toThrow(tooLate);
});
