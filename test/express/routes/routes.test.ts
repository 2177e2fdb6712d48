import { OPERATIONS } from '../../../src/core/operation.js';
import { OPTIONS, startOptions } from '../../../src/express/routes/common.js';
import { ROUTES } from '../../../src/express/routes/index.js';

describe('the table of routes', () => {
  test('names each route once, by id and by method and path', () => {
    const ids = ROUTES.map(({ id }) => id);
    const places = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(places).size).toBe(places.length);
    expect(ids.length).toBeGreaterThan(40);
  });

  test.each(ROUTES.map((route) => [route.id, route] as const))(
    '%s asks for an operation of the catalogue, takes what its path names, and explains each input',
    (_id, { path, operation, takes, says }) => {
      expect(operation === 'public' || Object.hasOwn(OPERATIONS, operation)).toBe(true);
      const named = path.split('/').filter((part) => part.startsWith(':'));
      for (const name of named) expect(takes).toHaveProperty(name.slice(1));
      expect([says, ...Object.values(takes).map((param) => param.says)]).not.toContain('');
    },
  );

  test('is public only for health and readiness', () => {
    expect(ROUTES.filter(({ operation }) => operation === 'public').map(({ path }) => path)).toEqual([
      '/health',
      '/ready',
    ]);
  });
});

describe('options of a command over HTTP', () => {
  test('are limited to those of bpmn-server, since listeners trust others', () => {
    expect(() => OPTIONS.read({ approved: true }, 'options')).toThrow(
      expect.objectContaining({ code: 'bad-option' }),
    );
    expect(OPTIONS.read({ noWait: true }, 'options')).toEqual({ noWait: true });
    // They name the user, which has been checked; listeners must not read another one there.
    expect(OPTIONS.read({ noWait: true, userName: 'a', userId: 'a' }, 'options')).toEqual({ noWait: true });
  });

  test('take the start event from its own field of the body', () => {
    expect(startOptions({ noWait: true, startNodeId: 'a' }, 'b')).toEqual({ noWait: true, startNodeId: 'b' });
    expect(startOptions(undefined, undefined)).toBeUndefined();
  });
});
