import { Child } from '../support/child.js';

const ANSWERED = 'answered a refusal that its route did not catch';

describe.each(['express4', 'express', 'node:http'])('A refusal in an async route on %s', (module) => {
  test('is answered, too, if the route is mounted before authenticate and the request is the first', async () => {
    const child = new Child('early.mjs', { module });
    const { code, errors } = await child.ended();
    expect([code, errors]).toEqual([0, '']);
    expect(child.facts.map(({ path, status }) => [path, status])).toEqual(
      ['/early', '/router/inner', '/late', '/early'].map((path) => [path, 401]),
    );
    // Express 5 passes it to the error handler by itself; so does Express 4 after the first request.
    const first =
      module === 'express' ? [] : [{ message: ANSWERED, code: 'unauthenticated', answered: true }];
    const [early] = child.facts as { log: { message: string }[] }[];
    expect(early?.log.filter(({ message }) => message === ANSWERED)).toEqual(first);
  });
});
