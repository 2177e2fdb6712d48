import { ChangeTurns } from '../../../src/engine/execution/change-turns.js';
import { Contexts } from '../../../src/engine/execution/context.js';
import { refusal } from '../../support/guards.js';

const MOST = 100;
const by = (userName: string, admin = false) => ({ userName, isAdmin: () => admin });

function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

afterEach(() => jest.useRealTimers());

test('changes of one tenant run one after the other in the order in which they came', async () => {
  const turns = new ChangeTurns(new Contexts());
  const told: string[] = [];
  const change = (name: string) =>
    turns.take('acme', async (waited) => {
      told.push(`${name} begins${waited ? ' after others' : ''}`);
      await new Promise(setImmediate);
      told.push(`${name} ends`);
      return name;
    });
  expect(await Promise.all(['a', 'b', 'c'].map(change))).toEqual(['a', 'b', 'c']);
  expect(told).toEqual([
    'a begins',
    'a ends',
    'b begins after others',
    'b ends',
    'c begins after others',
    'c ends',
  ]);
  await change('d');
  expect(told.slice(-2)).toEqual(['d begins', 'd ends']);
});

test('those of another tenant do not wait, and one that fails stops nobody', async () => {
  const turns = new ChangeTurns(new Contexts());
  const { open, passed } = gate();
  const first = turns.take('acme', async () => {
    await passed;
    throw new Error('it failed');
  });
  const second = turns.take('acme', async (waited) => waited);
  expect(await turns.take('other', async (waited) => waited)).toBe(false);
  expect(await turns.take(null, async (waited) => waited)).toBe(false);
  open();
  await expect(first).rejects.toThrow('it failed');
  expect(await second).toBe(true);
  expect(await turns.take('acme', async (waited) => waited)).toBe(false);
});

test('a change within a change has no turn of its own, of whatever tenant; one that it leaves behind waits', async () => {
  const turns = new ChangeTurns(new Contexts());
  const { open, passed } = gate();
  const blocked = turns.take('other', () => passed);
  let later: Promise<boolean> | undefined;
  await turns.take('acme', async () => {
    expect(await turns.take('acme', async (waited) => waited)).toBe(false);
    expect(await turns.take('other', async (waited) => waited)).toBe(false);
    later = Promise.resolve()
      .then(() => passed)
      .then(() => turns.take('third', () => turns.take('third', async (waited) => waited)));
  });
  open();
  await blocked;
  expect(await later).toBe(false);
});

test('when too many wait, another is refused at once, and the waiting ones continue', async () => {
  const turns = new ChangeTurns(new Contexts());
  const { open, passed } = gate();
  const first = turns.take(null, () => passed);
  const others = Array.from({ length: MOST }, (_, at) =>
    turns.take(null, async () => at, by(`user ${at % 5}`)),
  );
  expect(await refusal(turns.take(null, async () => 'never', by('ann')))).toMatchObject({
    code: 'too-many',
    status: 429,
    message: expect.stringContaining('100 changes'),
  });
  const files = turns.take(null, async () => 'files');
  open();
  await first;
  expect(await Promise.all(others)).toEqual(Array.from({ length: MOST }, (_, at) => at));
  expect(await files).toBe('files');
});

test('one caller leaves the others room', async () => {
  const turns = new ChangeTurns(new Contexts());
  const { open, passed } = gate();
  const first = turns.take(null, () => passed);
  const mine = Array.from({ length: 50 }, (_, at) => turns.take(null, async () => at, by('low')));
  expect(await refusal(turns.take(null, async () => 'never', by('low')))).toMatchObject({
    code: 'too-many',
    message: expect.stringContaining('50 of your changes'),
  });
  const other = turns.take(null, async () => 'withdrawn', by('admin'));
  open();
  await first;
  expect(await Promise.all(mine)).toHaveLength(50);
  expect(await other).toBe('withdrawn');
});

test('many who change what they may leave an administrator room, however many they are, and a turn soon', async () => {
  const turns = new ChangeTurns(new Contexts());
  const { open, passed } = gate();
  const told: string[] = [];
  const change = (name: string, admin = false) =>
    turns.take('acme', async () => void told.push(name), by(name, admin));
  const first = turns.take('acme', () => passed, by('one'));
  const writers = Array.from({ length: MOST }, (_, at) => change(at % 2 === 0 ? 'one' : 'two'));
  expect(await refusal(change('three'))).toMatchObject({ code: 'too-many' });
  const withdrawn = Array.from({ length: 40 }, () => change('boss', true));
  open();
  await Promise.all([first, ...writers, ...withdrawn]);
  expect(told.slice(0, 6)).toEqual(['two', 'boss', 'one', 'two', 'boss', 'one']);
  expect(told.lastIndexOf('boss')).toBeLessThan(3 * 40);
});

test('who waits for too long is refused, and the next keeps its place', async () => {
  jest.useFakeTimers();
  const turns = new ChangeTurns(new Contexts());
  const { open, passed } = gate();
  const first = turns.take(null, () => passed);
  const late = refusal(turns.take(null, async () => 'never'));
  await jest.advanceTimersByTimeAsync(30_000);
  const next = turns.take(null, async () => 'next');
  await jest.advanceTimersByTimeAsync(30_000);
  expect(await late).toMatchObject({ code: 'busy', status: 409 });
  open();
  await first;
  expect(await next).toBe('next');
});
