import { Long } from 'bson';
import { sizeOf } from '../../../src/store/bson/codec.js';
import { Budget, isCut, markCut } from '../../../src/store/query/budget.js';
import { isAfter, isInside, sortItems } from '../../../src/store/query/item-order.js';
import { checkPaging, distinctValues, end, sizesOf } from '../../../src/store/query/paging.js';

const ID = '0123456789abcdef01234567';

describe('A page', () => {
  test('ends after what it skips and what it shows', () => {
    expect([end({}), end({ skip: 2 }), end({ limit: 3 }), end({ skip: 2, limit: 3 })]).toEqual([
      Infinity,
      Infinity,
      3,
      5,
    ]);
  });

  test('begins after a cursor in the default order only', () => {
    expect(() => checkPaging({})).not.toThrow();
    expect(() => checkPaging({ sort: [['name', 1]] })).not.toThrow();
    expect(() => checkPaging({ after: { id: ID } })).not.toThrow();
    expect(() => checkPaging({ after: { id: ID }, sort: [['name', 1]] })).toThrow(
      new TypeError('A cursor needs the default order'),
    );
  });

  test.each(['', 'x', ID.slice(1), `${ID}0`, ID.toUpperCase(), `${ID}\n`])(
    'begins after no cursor that is none: %j',
    (id) =>
      expect(() => checkPaging({ after: { id } })).toThrow(
        new TypeError('A cursor names an instance by 24 hexadecimal digits'),
      ),
  );
});

describe('A cursor', () => {
  test('points into its instance where it names an item or its place', () => {
    expect(isInside({ id: ID })).toBe(false);
    expect(isInside({ id: ID, seq: 0 })).toBe(true);
    expect(isInside({ id: ID, item: 'i' })).toBe(true);
    expect(isInside({ id: ID, seq: 1, item: 'i' })).toBe(true);
  });

  test('comes before the items that follow: by place, and by id within one place', () => {
    const at = { id: ID, seq: 2, item: 'm' };
    const items = [
      { seq: 1, id: 'z' },
      { seq: 2, id: 'm' },
      { seq: 2, id: 'n' },
      { seq: 3, id: 'a' },
      { id: 'without a place' },
      { seq: NaN, id: 'z' },
    ];
    expect(items.filter((item) => isAfter(item, at))).toEqual([items[2], items[3]]);
    expect(items.filter((item) => isAfter(item, { id: ID, seq: 2 }))).toEqual([items[3]]);
    expect(items.filter((item) => isAfter(item, { id: ID, item: 'w' }))).toEqual([
      items[0],
      items[1],
      items[2],
      items[3],
      items[4],
      items[5],
    ]);
  });

  test('counts on one order of items: without a place first, then by place, then by id', () => {
    const items = [
      { seq: 2, id: 'b' },
      { seq: 2, id: 'a' },
      { seq: 1, id: 'z' },
      { id: 'q' },
      { seq: 'x', id: 'p' },
      7,
    ];
    expect(sortItems(items, (item) => item)).toEqual([
      7,
      { seq: 'x', id: 'p' },
      { id: 'q' },
      { seq: 1, id: 'z' },
      { seq: 2, id: 'a' },
      { seq: 2, id: 'b' },
    ]);
  });
});

describe('A budget of bytes', () => {
  const size = (row: number): number => row;

  test('takes rows until they are worth more, and says that there are more', () => {
    const rows = new Budget(10).within([4, 6, 1], size);
    expect([[...rows], isCut(rows)]).toEqual([[4, 6], true]);
    const all = new Budget(11).within([4, 6, 1], size);
    expect([[...all], isCut(all)]).toEqual([[4, 6, 1], false]);
  });

  test('takes the first row, however large, and rows without a size count', () => {
    expect([...new Budget(10).within([50, 1], size)]).toEqual([50]);
    expect(new Budget(3).within([0, 0, 0, 0], size)).toHaveLength(3);
  });

  test('asks for no size where there is no limit', () => {
    const never = (): number => {
      throw new Error('asked');
    };
    const budget = new Budget();
    expect(budget.within([1, 2, 3], never)).toEqual([1, 2, 3]);
    expect([budget.isLimited, budget.isSpent, new Budget(1).isLimited]).toEqual([false, false, true]);
  });

  test('takes nothing once it is spent', () => {
    const budget = new Budget(5);
    expect([budget.take(() => 5), budget.take(() => 1), budget.take(() => 0)]).toEqual([true, false, false]);
    expect(budget.isSpent).toBe(true);
  });

  test('marks rows in a way that their receiver does not see', () => {
    const rows = markCut([1]);
    expect([isCut(rows), isCut([1]), Object.keys(rows), JSON.stringify(rows)]).toEqual([
      true,
      false,
      ['0'],
      '[1]',
    ]);
  });
});

describe('Rows that are copied', () => {
  const copied = async (
    budget: Budget,
    over: boolean,
  ): Promise<{ rows: readonly string[]; turns: number }> => {
    let turns = 0;
    const rows = await budget.copied(
      [4, 6, 1],
      (row) => row,
      (row) => `row ${row}`,
      {
        isOver: () => over,
        next: () => {
          turns++;
          return Promise.resolve();
        },
      } as never,
    );
    return { rows, turns };
  };

  test('are those that fit, and let others work in between', async () => {
    const cut = await copied(new Budget(10), true);
    expect([[...cut.rows], isCut(cut.rows), cut.turns]).toEqual([['row 4', 'row 6'], true, 2]);
    const all = await copied(new Budget(), false);
    expect([[...all.rows], isCut(all.rows), all.turns]).toEqual([['row 4', 'row 6', 'row 1'], false, 0]);
  });
});

describe('The size of a row', () => {
  const data = { text: 'x'.repeat(1000) };

  test('counts the data of the instance for each item that will show it', () => {
    const sizes = sizesOf();
    const items = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
    expect(sizes.instance({ data, items })).toBe(sizeOf({ data, items }) + 6 * sizeOf(data));
    expect(sizes.item({ data, items: { id: 'a' } })).toBe(2 * sizeOf(data) + sizeOf({ id: 'a' }));
    expect(sizes.instance({ data })).toBe(sizeOf({ data }));
    expect(sizes.instance({ data, items: 'none' })).toBe(sizeOf({ data, items: 'none' }));
  });

  test('is asked of the same data once', () => {
    let read = 0;
    const counted = {
      get text() {
        read++;
        return 'x';
      },
    };
    const sizes = sizesOf();
    sizes.item({ data: counted, items: { id: 'a' } });
    const once = read;
    sizes.item({ data: counted, items: { id: 'b' } });
    expect([once > 0, read]).toEqual([true, once]);
  });
});

test('The distinct values of a field are sorted, each once, lists by their entries', () => {
  const documents = [
    { f: 'b' },
    { f: ['a', 'b', 2] },
    { f: Long.fromNumber(2) },
    {},
    { f: undefined },
    { f: null },
    7,
  ];
  expect(distinctValues(documents, 'f')).toEqual([null, 2, 'a', 'b']);
  expect(distinctValues([], 'f')).toEqual([]);
});
