import { createDatabases } from '../mongo.mjs';
import { compare, perOne } from '../timing.mjs';
import { openBare, openBareOnMongo, openGuarded } from './contenders.mjs';

const CYCLES = 5;
const AT_ONCE = 20;
const WARM = 300;

function* names() {
  for (let number = 0; ; number++) yield `user-${number}`;
}

/** Many cycles side by side, so that what is measured is a server that has been running, not one that starts. */
async function warmUp({ cycle }, count) {
  const users = names();
  for (let done = 0; done < count; done += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, () => cycle(users.next().value)));
}

function cycles(cycle, count) {
  const users = names();
  return async () => {
    for (let i = 0; i < count; i++) await cycle(users.next().value);
  };
}

/** Cycles, or starts, side by side; so many in all. */
function sideBySide(work, atOnce, count) {
  const users = names();
  return async () => {
    for (let done = 0; done < count; done += atOnce)
      await Promise.all(Array.from({ length: atOnce }, () => work(users.next().value)));
  };
}

/** Work of both contenders side by side; `many` at once, `count` in all. */
const manyAtOnce = ({ name, says, many, count, of, clock }) => ({
  name,
  goal: 1,
  says: `${says}, against bpmn-server alone`,
  async run({ guarded, bare, quick }) {
    const [side, all] = quick ? [2, 2] : [many, count];
    if (!quick) for (const contender of [guarded, bare]) await warmUp(contender, 100);
    return perOne(
      await compare({
        ours: sideBySide(guarded[of], side, all),
        theirs: sideBySide(bare[of], side, all),
        rounds: quick ? 1 : 9,
        clock,
      }),
      all,
    );
  },
});

/** Many at once: throughput is what the elapsed time tells, and processor time what a server needs for it. */
const atOnce = (store, many, clock) =>
  manyAtOnce({
    name: `cycle/${store}/${many}${clock === 'cpu' ? '/cpu' : ''}`,
    says: `${many} cycles at once, by ${clock === 'cpu' ? 'processor time' : 'throughput'}`,
    many,
    count: many * 2,
    of: 'cycle',
    clock,
  });

/** Starts alone, many at once: how many a second, which is where a store is waited for most often. */
const starts = (store) =>
  manyAtOnce({
    name: `cycle/${store}/starts`,
    says: `starts alone, ${AT_ONCE} at once, by throughput`,
    many: AT_ONCE,
    count: AT_ONCE * 5,
    of: 'start',
  });

/** One cycle after the other. */
const oneByOne = (store, clock) => ({
  name: `cycle/${store}${clock === 'cpu' ? '/cpu' : ''}`,
  goal: 1,
  says:
    'a start and three invokes through the guard, against bpmn-server alone on a store of the same kind' +
    (clock === 'cpu' ? ', by processor time' : ''),
  async run({ guarded, bare, quick }) {
    const count = quick ? 1 : CYCLES;
    if (!quick) for (const contender of [guarded, bare]) await warmUp(contender, WARM);
    return perOne(
      await compare({
        ours: cycles(guarded.cycle, count),
        theirs: cycles(bare.cycle, count),
        rounds: quick ? 1 : 21,
        clock,
      }),
      count,
    );
  },
});

function group(store, openBoth) {
  return {
    async open({ quick }) {
      const { guarded, bare, drop } = await openBoth();
      const close = async () => {
        await Promise.all([guarded.close(), bare.close()]);
        await drop?.();
      };
      return { guarded, bare, quick, close };
    },
    measures: [
      oneByOne(store, 'elapsed'),
      oneByOne(store, 'cpu'),
      atOnce(store, 20, 'elapsed'),
      atOnce(store, 20, 'cpu'),
      atOnce(store, 50, 'elapsed'),
      atOnce(store, 50, 'cpu'),
      starts(store),
    ],
  };
}

const inMemory = async () => ({ guarded: await openGuarded({ memory: true }), bare: await openBare() });

function onMongo(url) {
  return async () => {
    const { next, drop } = createDatabases(url);
    return {
      guarded: await openGuarded({ url, name: next() }),
      bare: await openBareOnMongo(url, next()),
      drop,
    };
  };
}

/** Commands through the guard, against the bare engine. */
export const cycleGroups = (mongo) => [
  group('embedded', inMemory),
  ...(mongo === undefined ? [] : [group('mongo', onMongo(mongo))]),
];
