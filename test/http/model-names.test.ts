import { end, model, start, task } from '../support/models.js';
import { Application } from './application.js';

const SOURCE = model([start(), task('wait'), end()]);
const PLAIN = 'Caf\u00e9 order';
const SAME = ['Cafe\u0301 order', ' Caf\u00e9 order ', 'Caf\u00e9\u00a0order', 'Caf\u00e9  order'];
const HIDDEN = [
  'Caf\u00e9\u200b order',
  'Caf\u00e9 order\u202e',
  '\u2066Caf\u00e9 order',
  'Caf\u00e9\u0001 order',
];
const TYPE = 'multipart/form-data; boundary=xx';
const file = `--xx\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n${SOURCE}\r\n--xx--`;

const app = new Application({ dialect: 'http' });
beforeAll(() => app.start());
afterAll(() => app.stop());

const call = (method: string, path: string, body: Record<string, unknown> = {}) =>
  app.call(method, path, app.keys.trusted, { ...body, userId: 'admin' });
const upload = (path: string, name: string, field = 'name') =>
  app.send(
    'POST',
    path,
    { 'x-api-key': app.keys.trusted, 'content-type': TYPE },
    Buffer.from(`--xx\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${name}\r\n${file}`),
  );
const cafes = async (): Promise<string[]> =>
  (await call('GET', '/api/definitions/list')).body
    .map(({ name }: { name: string }) => name)
    .filter((name: string) => name.includes('Caf'));

/** Every route that takes the name of a model. */
const routes = (name: string) => [
  () => upload(`/api/definitions/import/${encodeURIComponent(name)}`, name),
  () => upload('/api/definitions/import', name),
  () => upload('/api/model/import', name, 'title'),
  () => upload('/api2/model/import', name),
  () => call('POST', '/api/model/save', { name, xml: SOURCE }),
  () => call('GET', `/api/definitions/load/${encodeURIComponent(name)}`),
  () => call('GET', `/api2/model/load/${encodeURIComponent(name)}`),
  () => call('POST', `/api/engine/start/${encodeURIComponent(name)}`),
  () => call('POST', '/api2/engine/start', { name }),
];

test.each(SAME)('%j is the same model as its look-alike, on every route', async (name) => {
  for (const request of routes(name)) expect((await request()).status).toBe(200);
  expect(await cafes()).toEqual([PLAIN]);
  const renamed = await call('POST', '/api/definitions/rename', { name, newName: `${name} ` });
  expect([renamed.status, renamed.body.code]).toEqual([409, 'conflict']);
});

test.each(HIDDEN)('%j is refused as a model name, on every route', async (name) => {
  for (const request of routes(name)) {
    const { status, body } = await request();
    expect([status, body.code]).toEqual([400, 'bad-model']);
  }
  for (const path of ['/api/definitions/delete', '/api2/model/delete'])
    expect((await call('POST', path, { name })).status).toBe(400);
  await call('POST', '/api/model/save', { name: PLAIN, xml: SOURCE });
  expect((await call('POST', '/api/definitions/rename', { name: PLAIN, newName: name })).body.code).toBe(
    'bad-model',
  );
});
