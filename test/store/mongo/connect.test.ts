import { connect } from '../../../src/store/mongo/connect.js';
import { mongoUrl, onMongo } from '../../support/stores.js';

onMongo('A connection', () => {
  test('writes to a majority and reads from the primary, whatever its URL says', async () => {
    const url = new URL(mongoUrl());
    for (const [name, value] of [
      ['w', '1'],
      ['journal', 'false'],
      ['readPreference', 'secondaryPreferred'],
    ] as const)
      url.searchParams.set(name, value);
    const client = await connect(url.href, 30_000);
    const { writeConcern, readPreference } = client.db('any').collection('any');
    await client.close();
    expect([writeConcern?.w, readPreference?.mode]).toEqual(['majority', 'primary']);
  });
});
