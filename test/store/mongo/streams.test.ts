import type { Document } from 'mongodb';
import { inOrder } from '../../../src/store/mongo/streams.js';

const [A, B, C] = [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }];
const ended: number[] = [];
async function* stream(at: number, rows: readonly Document[]): AsyncGenerator<Document> {
  try {
    yield* rows;
  } finally {
    ended.push(at);
  }
}
const all = async (lists: readonly (readonly Document[])[], way: 1 | -1): Promise<Document[]> => {
  const found: Document[] = [];
  const streams = lists.map((rows, at) => stream(at, rows));
  for await (const row of inOrder(streams, way)) found.push(row);
  return found;
};

describe('rows merged from several walks', () => {
  test('come newest first and without duplicates', async () => {
    expect(await all([[C, A], [C, B], []], -1)).toEqual([C, B, A]);
  });

  test('come oldest first where they are asked for so', async () => {
    expect(await all([[A, C], [B, C], []], 1)).toEqual([A, B, C]);
  });

  test('of a single walk keep their order', async () => {
    expect(await all([[A, B]], 1)).toEqual([A, B]);
  });

  test('end all walks when no more rows are wanted', async () => {
    ended.length = 0;
    for await (const _row of inOrder([stream(0, [A, C]), stream(1, [B, C])], 1)) break;
    expect(ended).toEqual([0, 1]);
  });
});
