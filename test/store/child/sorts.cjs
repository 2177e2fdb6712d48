// Lists instances, and their items, in an order of their own: together far larger than the memory of the process.
require('./sources.cjs');
const { ObjectIds } = require('../../../src/store/bson/object-id.js');
const { EmbeddedInstances } = require('../../../src/store/embedded/instances.js');
const { MemoryBytes } = require('../../../src/store/embedded/memory-bytes.js');
const { isCut } = require('../../../src/store/query/budget.js');
const { Turns } = require('../../../src/store/turns.js');

const COUNT = 1200;

async function run() {
  const instances = new EmbeddedInstances(new MemoryBytes(), new ObjectIds(), new Turns(), 1);
  for (let n = 0; n < COUNT; n++) {
    const rank = (n * 7) % COUNT;
    const items = [{ id: `t${n}`, seq: 1, status: 'wait' }];
    // Bytes are outside of the memory that is limited, texts are not.
    await instances.insert({ id: `i${n}`, data: { rank, text: String(rank).padEnd(100_000) }, items });
  }
  const page = { sort: [['data.rank', 1]], limit: 10_000, bytes: 1_000_000 };
  const found = await instances.find({ filter: {}, ...page });
  const items = await instances.findItems({ before: {}, each: {}, needsAll: false, ...page });
  const ranks = (rows) => rows.map(({ data }) => data.rank);
  console.log(JSON.stringify([ranks(found), isCut(found), ranks(items), isCut(items)]));
}

void run();
