import ts from 'typescript';
import { nodesOf, SOURCES } from './sources.js';

const CLOCK = 'src/core/clock.ts';

/** Who reads the wall clock, and why a clock that nobody sets will not do. */
const WALL: Readonly<Record<string, string>> = {
  'src/engine/model/assignment.ts': 'due dates begin at the start of the task',
  'src/engine/enforcement/caller-input.ts': 'due dates of callers begin now',
  'src/engine/enforcement/audit.ts': 'when it happened',
  'src/engine/enforcement/case-comments.ts': 'when it was written, for people',
  'src/engine/execution/strays.ts': 'when it happened',
  'src/cli/record.ts': 'when it happened',
  'src/engine/enforcement/task-life.ts': 'when a task was suspended or escalated, for people',
  'src/engine/enforcement/instance-life.ts': 'when an instance was suspended, for people',
  'src/engine/policies/policy-commands.ts': 'when the policies were changed',
  'src/engine/policies/files/apply-files.ts': 'when the policies were changed',
  'src/engine/model/source/quiet-logger.ts': "the host's own log entry",
  'src/engine/execution/host-models.ts': 'when a model was saved, compared with the time of its file',
  'src/engine/execution/refresh-models.ts': 'when a model was saved, compared with the time of its file',
  'src/engine/execution/attempts.ts': 'when an attempt was made, as other processes read it',
  'src/engine/execution/terminate.ts': 'when an instance ended',
  'src/engine/execution/commit.ts': 'when an instance was saved',
  'src/engine/execution/alarms.ts': 'timers of models are due at times of day',
  'src/engine/execution/timers.ts': 'timers of models are due at times of day',
  'src/engine/model/timer-text.ts': 'timers of models are due at times of day',
  'src/engine/execution/model-timers.ts': 'timers of models are due at times of day',
  'src/engine/execution/takeover.ts': 'timers of models are due at times of day',
  'src/engine/execution/recovery.ts': 'start times and leases that other processes have written',
  'src/engine/assemble-engine.ts': 'what other processes began before it',
  'src/engine/execution/locks.ts': 'leases that other processes read',
  'src/store/presence.ts': 'leases that other processes read and write',
  'src/store/contents/carried.ts': 'values end at a time of day, over restarts',
  'src/store/embedded/locks.ts': 'when a lock was taken, as other processes read it',
  'src/store/mongo/locks.ts': 'when a lock was taken, as other processes read it',
  'src/store/embedded/values.ts': 'values end at a time of day, over restarts',
  'src/store/mongo/values.ts': 'values end at a time of day, over restarts',
  'src/express/keys.ts': 'keys end at a time of day, over restarts',
  'src/express/key-input.ts': 'keys end at a time of day, over restarts',
  'src/express/key-facts.ts': 'when a key was revoked',
  'src/cli/key.ts': 'keys end at a time of day, over restarts',
};

const readsClock = (node: ts.Node): boolean =>
  (ts.isPropertyAccessExpression(node) && /^(Date|performance)\.now$/.test(node.getText())) ||
  (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) ||
  (ts.isCallExpression(node) && node.expression.getText() === 'Date');
const readsWall = (node: ts.Node): boolean =>
  ts.isCallExpression(node) && /^(wallClock|today)$/.test(node.expression.getText());

test('the clocks are read in one place', () => {
  expect(SOURCES.filter((file) => file !== CLOCK && nodesOf(file).some(readsClock))).toEqual([]);
});

test('the wall clock is read only by those that have a reason', () => {
  expect(SOURCES.filter((file) => file !== CLOCK && nodesOf(file).some(readsWall)).sort()).toEqual(
    Object.keys(WALL).sort(),
  );
});
