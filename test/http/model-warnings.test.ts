import { end, model, start, task } from '../support/models.js';
import { Application } from './application.js';

const CLEAR = model([start(), task('wait', { candidateGroups: 'hr' }), end()]);
const UNCLEAR = model([start(), task('wait', { candidateGroups: 'hr, {{group}}' }), end()]);
const WARNING = { element: 'wait', found: expect.any(String), means: expect.stringContaining('nobody') };
const TYPE = 'multipart/form-data; boundary=xx';

const app = new Application({ dialect: 'http' });
beforeAll(() => app.start());
afterAll(() => app.stop());

const save = (xml: string) =>
  app.call('POST', '/api/model/save', app.keys.trusted, { name: ' Warned ', xml, userId: 'admin' });
const upload = (path: string, xml: string) =>
  app.send(
    'POST',
    `${path}/Warned`,
    { 'x-api-key': app.keys.trusted, 'content-type': TYPE },
    Buffer.from(`--xx\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n${xml}\r\n--xx--`),
  );

test('saving a model answers with its stored name and its warnings', async () => {
  expect((await save(CLEAR)).body).toEqual({ name: 'Warned', warnings: [] });
  expect((await save(UNCLEAR)).body).toEqual({ name: 'Warned', warnings: [WARNING] });
});

test.each(['/api/definitions/import', '/api/model/import', '/api2/model/import'])(
  '%s answers OK, or the warnings of the model',
  async (path) => {
    expect((await upload(path, CLEAR)).body).toBe('OK');
    expect((await upload(path, UNCLEAR)).body).toEqual({ name: 'Warned', warnings: [WARNING] });
  },
);
