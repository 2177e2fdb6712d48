import Ajv2020 from 'ajv/dist/2020';
import { ERROR_CODES } from 'bpmn-guard';
import { ROUTES } from '../../src/express/routes/index.js';
import { inPath, type Route } from '../../src/express/routes/route.js';
import { SCHEMAS } from '../../src/express/schemas.js';
import { LARGE_FIELDS, MODEL_DETAILS } from '../../src/store/query/large-fields.js';
import { Application } from '../http/application.js';
import { withoutPolicies } from '../http/policy-inputs.js';
import { ground, routeInputs, type Ground, type RouteInput } from '../http/route-inputs.js';
import type { Answer } from '../http/send.js';
import { sample } from '../support/cases.js';
import { model, start, task } from '../support/models.js';

/** What is easily sent by mistake. */
const WRONG: readonly unknown[] = [5, -1, 1.5, true, 'text', '', [], ['a'], [null], {}, { a: 1 }];
type Json = Record<string, unknown>;

const app = new Application({ dialect: 'http' });
const inputs = routeInputs(app);
let on: Ground;
beforeAll(async () => {
  // The host prints every source that it cannot read.
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await app.start();
  on = await ground(app);
});
afterAll(() => app.stop());

const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
ajv.addSchema({ $id: 'all', components: { schemas: SCHEMAS } });
const checks = new Map<unknown, (value: unknown) => unknown>();
/** Whether the document says that an input may be that. */
function isDocumented(schema: object, value: unknown): boolean {
  const check =
    checks.get(schema) ??
    ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"all#/components')));
  checks.set(schema, check);
  return check(value) === true;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** The name with its last letter written twice. */
const slipped = (name: string): string => name + (name.at(-1) as string);
const refused400 = Object.entries(ERROR_CODES).flatMap(([code, { status }]) =>
  status === 400 ? [code] : [],
);

/** What is wrong with an answer that must be a refusal; undefined: nothing. */
function fault(what: unknown, { status, body, text }: Answer, says = ''): string | undefined {
  const isRight = status === 400 && refused400.includes(body.code) && String(body.detail).includes(says);
  return isRight ? undefined : `${JSON.stringify(what)}: ${status} ${text.slice(0, 200)}`;
}

/** The values of an input with one place of it replaced or added to, and the names that are spelt wrongly in it. */
function* spoilt(
  value: unknown,
  isOpen: boolean,
  begin: number,
  depth = 0,
): Generator<[made: unknown, meant: string | undefined]> {
  // A part by default, another one at each place and depth.
  for (const wrong of sample(WRONG, depth === 0 ? 2 : 4, begin + depth)) yield [wrong, undefined];
  if (Array.isArray(value))
    for (const [inner, meant] of spoilt(value[0], isOpen, begin, depth + 1))
      yield [[inner, ...value.slice(1)], meant];
  if (!isObject(value) || isOpen) return;
  for (const [name, entry] of Object.entries(value)) {
    yield [{ ...value, [slipped(name)]: entry }, name];
    for (const [inner, meant] of spoilt(entry, isOpen, begin, depth + 1))
      yield [{ ...value, [name]: inner }, meant];
  }
}

/** Objects whose keys are the caller's own. */
const isOpen = ({ schema }: Route['takes'][string]): boolean =>
  'properties' in schema ? false : !/#\/components\/schemas\/(?!Data|Query)/.test(JSON.stringify(schema));

const pathOf = (route: Route, { path = {} }: RouteInput): string =>
  route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(path[name] ?? 'none'));
const named = (route: Route): string[] =>
  Object.keys(route.takes).filter((name) => !inPath(route).includes(name));

async function ready(route: Route): Promise<{ path: string; body: Json }> {
  const make = inputs.get(route.id);
  if (make === undefined) throw new Error(`The test does not know how ${route.id} succeeds.`);
  const input = make(on);
  await withoutPolicies(app);
  // Of two routes that need the same, the second finds it made.
  await input.before?.().catch(() => undefined);
  const user = input.user === undefined ? {} : { userId: input.user };
  const { bodyIs = '' } = route;
  const { body = {} } = input;
  const isWhole =
    bodyIs !== '' && Object.keys(body).length > 0 && !Object.keys(body).some((key) => key in route.takes);
  return { path: pathOf(route, input), body: { ...(isWhole ? { [bodyIs]: body } : body), ...user } };
}
const stored = async (): Promise<string> =>
  JSON.stringify([
    await app.guard.store.instances.find({ filter: {}, without: LARGE_FIELDS }),
    await app.guard.store.models.find({}, { without: MODEL_DETAILS }),
    await app.as('admin').policies.version(),
  ]);

const withInputs = ROUTES.filter((route) => named(route).length > 0);
const json = withInputs.filter(({ upload }) => upload !== true).map((route) => [route.id, route] as const);
const forms = ROUTES.filter(({ upload }) => upload === true);

test('routes of both kinds are looked at', () => {
  expect(json.length).toBeGreaterThan(60);
  expect(forms.length).toBeGreaterThan(5);
});

type Send = (body: Json, query?: string) => Promise<Answer>;

/** Sends each input of a route, as it must not be. */
async function faultsOf(route: Route, body: Json, send: Send): Promise<(string | undefined)[]> {
  const faults: (string | undefined)[] = [];
  for (const [place, name] of named(route).entries()) {
    const param = route.takes[name] as Route['takes'][string];
    for (const [value, meant] of spoilt(body[name], isOpen(param), place + ROUTES.indexOf(route)))
      if (meant !== undefined || !isDocumented(param.schema, value))
        faults.push(fault({ [name]: value }, await send({ ...body, [name]: value }), meant));
    if (param.required) faults.push(fault(`no ${name}`, await send({ ...body, [name]: null }), name));
    const { [name]: value = 1, ...rest } = body;
    const says = `Did you mean ${name}?`;
    faults.push(fault(`slip in ${name}`, await send({ ...rest, [slipped(name)]: value }), says));
    faults.push(fault(`slip in ${name}`, await send(body, `?${slipped(name)}=1`), says));
  }
  return faults;
}

test.each(json)(
  '%s refuses each input that is not as the document says or is spelt wrongly, and changes nothing',
  async (_id, route) => {
    const { path, body } = await ready(route);
    const before = await stored();
    const faults = await faultsOf(route, body, (given, query = '') =>
      app.call(route.method, path + query, app.keys.trusted, given),
    );
    expect(faults.length).toBeGreaterThan(2);
    expect(faults.filter((one) => one !== undefined)).toEqual([]);
    expect(await stored()).toBe(before);
  },
);

describe.each(forms.map((route) => [route.id, route] as const))('%s, which takes a form', (_id, route) => {
  const head = (name: string, filename?: string): string =>
    `--x\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`;
  const field = (name: string, value: string): string => `${head(name)}${value}\r\n`;
  const file = (name: string): string => `${head(name, 'a.bpmn')}${model([start(), task('a')])}\r\n`;
  const send = (form: string, query = ''): Promise<Answer> =>
    app.send(
      'POST',
      pathOf(route, { path: { name: 'new' } }) + query,
      { 'content-type': 'multipart/form-data; boundary=x', 'x-api-key': app.keys.trusted },
      `${form}--x--`,
    );
  const name = inPath(route).includes('name') ? '' : field('name', 'new');
  const fields = Object.keys(route.takes);

  test('refuses a field that is spelt wrongly with the name that is near, and a file in its place', async () => {
    const before = await stored();
    for (const of of [...fields, 'title', 'userId', 'userName']) {
      const says = `Did you mean ${of}?`;
      const form = name + field(slipped(of), 'x') + file('file');
      expect(fault(of, await send(form), says)).toBeUndefined();
      expect(fault(of, await send(name + file(of) + file('file')), `"${of}"`)).toBeUndefined();
    }
    for (const of of fields) {
      const says = `Did you mean ${of}?`;
      expect(fault(of, await send(name + file('file'), `?${slipped(of)}=x`), says)).toBeUndefined();
    }
    expect(await stored()).toBe(before);
  });

  test('refuses a field that is given twice, or otherwise elsewhere', async () => {
    const before = await stored();
    for (const of of [...fields, 'title']) {
      const twice = field(of, 'new') + field(of, 'new') + file('file');
      expect(fault(of, await send(twice), 'given twice')).toBeUndefined();
    }
    const other = field('name', 'new') + field('title', 'old') + file('file');
    expect(fault('title', await send(other), 'given twice')).toBeUndefined();
    const query = '?section=hr';
    const form = name + field('section', 'it') + file('file');
    expect(fault(query, await send(form, query), 'given twice')).toBeUndefined();
    expect(await stored()).toBe(before);
  });

  test('takes a file under any other name', async () => {
    const { status, text } = await send(name + file('document'));
    expect([status, text]).toEqual([200, expect.stringMatching(/OK|warnings/)]);
    await app.as('admin').model.delete('new');
  });
});
