import { PassThrough } from 'node:stream';
import { jsonBody, readBytes } from '../../src/express/body.js';
import type { HttpRequest } from '../../src/express/http.js';
import { parseMultipart } from '../../src/express/multipart.js';
import { Application } from './application.js';

const app = new Application({ dialect: 'http', limit: 1000, authenticate: { limit: 1000 } });
beforeAll(() => app.start());
afterAll(() => app.stop());

const JSON_TYPE = 'application/json';
const start = (headers: Record<string, string>, body?: string | Buffer) =>
  app.send('POST', '/api/engine/start', { 'x-api-key': app.keys.trusted, ...headers }, body);

test.each<[string, Record<string, string>, string | Buffer, number, string, RegExp]>([
  [
    'JSON that breaks off',
    { 'content-type': JSON_TYPE },
    '{"name":',
    400,
    'bad-request',
    /^The body is not JSON in UTF-8\.$/,
  ],
  [
    'a text that is no JSON',
    { 'content-type': JSON_TYPE },
    'name=review',
    400,
    'bad-request',
    /^The body is not JSON/,
  ],
  [
    'bytes that are no UTF-8',
    { 'content-type': JSON_TYPE },
    Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    400,
    'bad-request',
    /^The body is not JSON/,
  ],
  ['a list', { 'content-type': JSON_TYPE }, '[1]', 400, 'bad-request', /^The body must be an object\.$/],
  ['a text', { 'content-type': JSON_TYPE }, '"review"', 400, 'bad-request', /^The body must be an object\.$/],
  ['a number', { 'content-type': JSON_TYPE }, '7', 400, 'bad-request', /^The body must be an object\.$/],
  ['null', { 'content-type': JSON_TYPE }, 'null', 400, 'bad-request', /^name is missing\.$/],
  [
    'a list without entries, as the client sends for none',
    { 'content-type': JSON_TYPE },
    '[]',
    400,
    'bad-request',
    /^name is missing\.$/,
  ],
  ['nothing', { 'content-type': JSON_TYPE }, '', 400, 'bad-request', /^name is missing\.$/],
  [
    'an unknown field',
    { 'content-type': JSON_TYPE },
    '{"name":"review","model":"x"}',
    400,
    'bad-request',
    /^"model" is not known here\. Known are name, data, startNodeId, options\.$/,
  ],
  [
    'a prototype',
    { 'content-type': JSON_TYPE },
    '{"__proto__":{"name":"review"}}',
    400,
    'bad-request',
    /^"__proto__" is not known here\. Known are name, data, startNodeId, options\.$/,
  ],
  [
    'a prototype in the data',
    { 'content-type': JSON_TYPE },
    '{"name":"review","userId":"alice","data":{"__proto__":{"a":1}}}',
    400,
    'bad-data',
    /__proto__/,
  ],
  [
    'a form',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'name=review',
    400,
    'bad-request',
    /^A body must be JSON/,
  ],
  [
    'a text type',
    { 'content-type': 'text/plain' },
    '{"name":"review"}',
    400,
    'bad-request',
    /^A body must be JSON/,
  ],
  ['no type', {}, '{"name":"review"}', 400, 'bad-request', /^A body must be JSON/],
  [
    'a type that only begins like JSON',
    { 'content-type': 'application/jsonp' },
    '{"name":"review"}',
    400,
    'bad-request',
    /^A body must be JSON/,
  ],
  [
    'a compressed body',
    { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' },
    Buffer.from([0x1f, 0x8b]),
    400,
    'bad-request',
    /^Compressed bodies are not supported\.$/,
  ],
  [
    'more than the limit',
    { 'content-type': JSON_TYPE },
    JSON.stringify({ name: 'x'.repeat(1000) }),
    413,
    'too-large',
    /^A body may have at most 1000 bytes\.$/,
  ],
  [
    'more than the limit, in pieces',
    { 'content-type': JSON_TYPE, 'transfer-encoding': 'chunked' },
    JSON.stringify({ name: 'x'.repeat(3000) }),
    413,
    'too-large',
    /^A body may have at most 1000 bytes\.$/,
  ],
  ['another name than in the path', { 'content-type': JSON_TYPE }, '', 400, 'bad-request', /missing/],
])('%s is refused', async (_what, headers, body, status, code, detail) => {
  const answer = await start(headers, body);
  expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
    status,
    code,
    expect.stringMatching(detail),
  ]);
});

test.each([JSON_TYPE, 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json'])(
  '%s is JSON',
  async (type) => {
    expect((await start({ 'content-type': type }, '{"name":"review","userId":"alice"}')).status).toBe(200);
  },
);

test('a name in the path must be the one in the body', async () => {
  const answer = await app.call('POST', '/api/engine/start/review', app.keys.trusted, {
    name: 'two',
    userId: 'alice',
  });
  expect([answer.status, answer.body.detail]).toEqual([400, '"name" is given twice with different values.']);
  expect(
    (
      await app.call('POST', '/api/engine/start/review', app.keys.trusted, {
        name: 'review',
        userId: 'alice',
      })
    ).status,
  ).toBe(200);
});

test('no body is read without authentication', async () => {
  const { status } = await app.send('POST', '/api/engine/start', { 'content-type': JSON_TYPE }, '{"broken');
  expect(status).toBe(401);
});

describe('reading', () => {
  const request = (headers: Record<string, string>): PassThrough & HttpRequest =>
    Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & HttpRequest;

  test('a body that does not arrive is refused after 30 s', async () => {
    jest.useFakeTimers();
    try {
      const read = readBytes(request({ 'content-length': '10' }), 100);
      jest.advanceTimersByTime(30_000);
      await expect(read).rejects.toMatchObject({
        code: 'bad-request',
        message: 'The body did not arrive within 30 s.',
      });
    } finally {
      jest.useRealTimers();
    }
  });

  test('a truncated body is refused', async () => {
    const req = request({ 'content-length': '10' });
    const read = readBytes(req, 100);
    req.write('half');
    req.destroy();
    await expect(read).rejects.toMatchObject({ code: 'bad-request', message: 'The body was cut off.' });
  });

  test('a body that was already read is refused without waiting', async () => {
    const req = request({ 'content-length': '2' });
    req.end('{}');
    req.resume();
    await new Promise((resolve) => req.once('end', resolve));
    await expect(readBytes(req, 100)).rejects.toMatchObject({
      code: 'bad-request',
      message: 'Another part of the application has already read the body.',
    });
  });

  test('a body far above the limit is refused without reading it', async () => {
    await expect(readBytes(request({ 'content-length': '1000000' }), 100)).rejects.toMatchObject({
      code: 'too-large',
    });
    const req = request({ 'transfer-encoding': 'chunked' });
    const read = readBytes(req, 100);
    req.write(Buffer.alloc(1000));
    await expect(read).rejects.toMatchObject({
      code: 'too-large',
      message: 'A body may have at most 100 bytes.',
    });
  });

  test('the parsed body is left for other parsers', async () => {
    const req = request({ 'content-length': '7', 'content-type': JSON_TYPE });
    req.end('{"a":1}');
    expect(await jsonBody(req)).toEqual({ a: 1 });
    expect(req.body).toEqual({ a: 1 });
    expect(await jsonBody(req)).toEqual({ a: 1 });
  });
});

describe('a form with files', () => {
  const TYPE = 'multipart/form-data; boundary=xx';
  const file = (
    content: string,
    head = 'Content-Disposition: form-data; name="file"; filename="a.bpmn"',
  ): string => `--xx\r\n${head}\r\n\r\n${content}\r\n`;

  test('is read part by part, with any bytes', async () => {
    const body = Buffer.from(
      `--xx\r\nContent-Disposition: form-data; name="title"\r\n\r\nreview\r\n${file('a--xx\r\n--x\0b', 'content-type: text/xml\r\ncontent-disposition: form-data; name="file"; filename="../a.bpmn"')}--xx--\r\n`,
      'latin1',
    );
    expect(
      (await parseMultipart(body, TYPE)).map(({ name, filename, content }) => [
        name,
        filename,
        content.toString('latin1'),
      ]),
    ).toEqual([
      ['title', undefined, 'review'],
      ['file', '../a.bpmn', 'a--xx\r\n--x\0b'],
    ]);
    expect(
      await parseMultipart(Buffer.from(`${file('')}--xx--`), 'Multipart/Form-Data; boundary="xx"'),
    ).toHaveLength(1);
  });

  test('is accepted as libraries of other languages send it', async () => {
    const unquoted = `${file('a', "Content-Disposition: form-data; name=file; filename=a.bpmn; filename*=utf-8''a.bpmn")}--xx--`;
    for (const type of [
      TYPE,
      'multipart/form-data; boundary="xx"',
      'multipart/form-data; boundary=xx; charset=UTF-8',
      'multipart/form-data; charset=UTF-8;boundary=xx',
    ]) {
      expect(await parseMultipart(Buffer.from(unquoted), type)).toEqual([
        { name: 'file', filename: 'a.bpmn', content: Buffer.from('a') },
      ]);
    }
  });

  test('ignores text before the first and after the last part', async () => {
    for (const body of [
      `hello\r\n${file('a')}--xx--`,
      `\r\n${file('a')}--xx--`,
      `${file('a')}--xx--\r\nmore`,
      `${file('a')}--xx--\r\n${file('b')}`,
    ])
      expect((await parseMultipart(Buffer.from(body), TYPE)).map(({ content }) => String(content))[0]).toBe(
        'a',
      );
  });

  test('uses the first of two equal parameters', async () => {
    const twice = file(
      'a',
      'Content-Disposition: form-data; name="file"; name="title"; filename="a"; filename="b"',
    );
    expect(await parseMultipart(Buffer.from(`${twice}--xx--`), TYPE)).toEqual([
      { name: 'file', filename: 'a', content: Buffer.from('a') },
    ]);
  });

  test('a quoted file name cannot name a field', async () => {
    const [part] = await parseMultipart(
      Buffer.from(
        `${file('a', 'Content-Disposition: form-data; name="file"; filename="a\\"; name=\\"title.bpmn"')}--xx--`,
      ),
      TYPE,
    );
    expect(part?.name).toBe('file');
  });

  test.each<[string, string, string]>([
    ['no boundary', 'multipart/form-data', file('a')],
    ['a boundary that is too long', `multipart/form-data; boundary=${'x'.repeat(71)}`, file('a')],
    ['another type', 'multipart/mixed; boundary=xx', file('a')],
    ['two boundaries', `${TYPE}; boundary=yy`, `${file('a')}--xx--`],
    ['two boundaries that are alike', `${TYPE}; Boundary="xx"`, `${file('a')}--xx--`],
    ['no end', TYPE, file('a')],
    ['a part without an end', TYPE, '--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\na'],
    ['a part without headers', TYPE, '--xx\r\n\r\n\r\n--xx--'],
    ['a part without a name', TYPE, `${file('a', 'Content-Disposition: form-data; filename="a"')}--xx--`],
    [
      'a part that is an attachment',
      TYPE,
      `${file('a', 'Content-Disposition: attachment; name="file"')}--xx--`,
    ],
    ['headers without an end', TYPE, `--xx\r\n${'x'.repeat(3000)}\r\n\r\na\r\n--xx--`],
    ['more than 8 parts', TYPE, `${file('a').repeat(9)}--xx--`],
    ['nothing', TYPE, ''],
  ])('with %s is refused', async (_what, type, body) => {
    await expect(parseMultipart(Buffer.from(body), type)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/^The form with files is malformed: /),
    });
  });

  const field = (name: string, value: string): string =>
    `--xx\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  test.each([
    ['userId', 'admin'],
    ['userName', 'admin'],
    ['user', 'admin'],
    ['user', '{"userName":"admin"}'],
  ])('whose field %s names another user, as %s, is refused and stores nothing', async (name, value) => {
    for (const path of ['/api/definitions/import/a', '/api/model/import/a', '/api2/model/import/a']) {
      const answer = await upload(path, `${field(name, value)}${file('<x/>')}--xx--`);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'forbidden']);
    }
    expect(await app.guard.store.models.find({ name: 'a' } as never)).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['two users', `${field('userId', 'alice')}${field('userName', 'bob')}`, /names two users/],
    [
      'a user twice',
      `${field('userId', 'key:trusted')}${field('userId', 'admin')}`,
      /"userId" is given twice/,
    ],
    ['a user that is none', field('user', '[1]'), /user must be an object with a userName/],
    ['a name twice', `${field('name', 'a')}${field('name', 'b')}`, /"name" is given twice/],
  ])('with %s is refused', async (_what, fields, detail) => {
    const path = fields.includes('"name"') ? '/api/definitions/import' : '/api/definitions/import/a';
    const { status, body } = await upload(path, `${fields}${file('<x/>')}--xx--`);
    expect([status, body.detail]).toEqual([400, expect.stringMatching(detail)]);
  });

  const upload = (path: string, body: string | Buffer, type = TYPE) =>
    app.send('POST', path, { 'x-api-key': app.keys.trusted, 'content-type': type }, body);

  test.each<[string, string, string | Buffer, string, number, string, RegExp]>([
    [
      'no file',
      '/api/definitions/import/a',
      '--xx\r\nContent-Disposition: form-data; name="title"\r\n\r\na\r\n--xx--',
      TYPE,
      400,
      'bad-model',
      /^A model must be sent as one file/,
    ],
    [
      'three files',
      '/api/definitions/import/a',
      `${file('a').repeat(3)}--xx--`,
      TYPE,
      400,
      'bad-model',
      /^A model must be sent as one file/,
    ],
    [
      'a file that is no model',
      '/api/definitions/import/a',
      `${file('hello')}--xx--`,
      TYPE,
      400,
      'bad-model',
      /^Model "a" cannot be run\. bpmn-server cannot read it: unparsable content hello detected/,
    ],
    [
      'a file that is no text',
      '/api/definitions/import/a',
      Buffer.concat([
        Buffer.from('--xx\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'),
        Buffer.from([0x3c, 0xff]),
        Buffer.from('\r\n--xx--'),
      ]),
      TYPE,
      400,
      'bad-model',
      /^It is not valid UTF-8/,
    ],
    [
      'no name',
      '/api/definitions/import',
      `${file('a')}--xx--`,
      TYPE,
      400,
      'bad-request',
      /^name is missing/,
    ],
    [
      'a name that leads out',
      '/api/definitions/import/..%2f..%2fetc',
      `${file('a')}--xx--`,
      TYPE,
      400,
      'bad-model',
      /^A model name must be/,
    ],
    [
      'a name in the form that leads out',
      '/api/model/import',
      `--xx\r\nContent-Disposition: form-data; name="name"\r\n\r\n../a\r\n${file('a')}--xx--`,
      TYPE,
      400,
      'bad-model',
      /^A model name must be/,
    ],
    [
      'JSON in its place',
      '/api/definitions/import/a',
      '{"a":1}',
      JSON_TYPE,
      400,
      'bad-request',
      /^A model must be sent as a form/,
    ],
    ['nothing', '/api/definitions/import/a', '', TYPE, 400, 'bad-request', /^A model must be sent as a form/],
    [
      'more than the limit',
      '/api/definitions/import/a',
      `${file('x'.repeat(1000))}--xx--`,
      TYPE,
      413,
      'too-large',
      /^A body may have at most 1000 bytes/,
    ],
  ])('with %s stores no model', async (_what, path, body, type, status, code, detail) => {
    const before = await app.as('admin').model.list();
    const answer = await upload(path, body, type);
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
      status,
      code,
      expect.stringMatching(detail),
    ]);
    expect(await app.as('admin').model.list()).toEqual(before);
  });
});
