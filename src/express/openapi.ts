import { ERROR_CODES } from '../core/errors.js';
import { JSON_TYPE } from './answer.js';
import type { Param, Schema } from './routes/param.js';
import { inPath, type Route } from './routes/route.js';
import { SCHEMAS } from './schemas.js';

export type Json = Readonly<Record<string, unknown>>;

const media = (type: string): string => type.split(';')[0] as string;
const problem = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** Every status that a refusal can have, with the meanings of its codes. */
const REFUSALS: Readonly<Record<string, Json>> = Object.freeze(
  Object.fromEntries(
    [...new Set(Object.values(ERROR_CODES).map(({ status }) => status))].sort().map((status) => [
      String(status),
      problem(
        Object.entries(ERROR_CODES)
          .filter(([, entry]) => entry.status === status)
          .map(([code, { meaning }]) => `\`${code}\`: ${meaning}`)
          .join(' '),
      ),
    ]),
  ),
);

const inQuery = ({ method }: Route): boolean => method === 'GET' || method === 'DELETE';

function parameters(route: Route): Json[] {
  const path = new Set(inPath(route));
  return Object.entries(route.takes).flatMap(([name, param]): Json[] => {
    if (path.has(name))
      return [{ name, in: 'path', required: true, description: param.says, schema: param.schema }];
    if (!inQuery(route)) return [];
    const shape = param.text
      ? { schema: param.schema }
      : { content: { 'application/json': { schema: param.schema } } };
    return [{ name, in: 'query', required: param.required, description: param.says, ...shape }];
  });
}

/** Null counts as missing. */
const nullable = ({ schema, says, required }: Param<unknown>): Schema => ({
  description: says,
  ...(required ? schema : { anyOf: [schema, { type: 'null' }] }),
});

const USER: Readonly<Record<string, Schema>> = {
  userId: { type: ['string', 'null'], description: 'On whose behalf a trusted key calls.' },
  userName: { type: ['string', 'null'], description: 'The same.' },
  user: { anyOf: [{ $ref: '#/components/schemas/User' }, { type: 'null' }] },
};

function requestBody(route: Route): Json | undefined {
  if (route.upload) {
    const file = { type: 'string', contentMediaType: 'application/octet-stream' };
    const properties = {
      name: { type: 'string' },
      title: { type: 'string' },
      section: { type: 'string', description: 'The section in which a new model is made; default: ROOT.' },
      file: {
        type: 'array',
        items: file,
        minItems: 1,
        maxItems: 2,
        description: 'The BPMN document, then its picture.',
      },
    };
    return {
      required: true,
      content: { 'multipart/form-data': { schema: { type: 'object', required: ['file'], properties } } },
    };
  }
  if (inQuery(route)) return undefined;
  const path = new Set(inPath(route));
  const fields = Object.entries(route.takes).filter(([name]) => !path.has(name));
  const schema = {
    type: 'object',
    required: fields.filter(([, param]) => param.required).map(([name]) => name),
    properties: { ...Object.fromEntries(fields.map(([name, param]) => [name, nullable(param)])), ...USER },
    additionalProperties: false,
  };
  return { required: schema.required.length > 0, content: { 'application/json': { schema } } };
}

function operation(route: Route): Json {
  const body = requestBody(route);
  const answer = { [media(route.type ?? JSON_TYPE)]: { schema: route.answers } };
  const other = route.status === undefined ? {} : { 503: { description: 'Not now.', content: answer } };
  return {
    operationId: route.id,
    summary: route.says,
    description:
      route.operation === 'public'
        ? 'Needs no authentication.'
        : `Asks the guard for \`${route.operation}\`.`,
    tags: [
      route.id
        .split('.')
        .slice(0, route.id.startsWith('api2.') ? 2 : 1)
        .join('.'),
    ],
    parameters: parameters(route),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { 200: { description: 'Done.', content: answer }, ...REFUSALS, ...other },
    security: route.operation === 'public' ? [] : [{ key: [] }, { token: [] }],
  };
}

/** The OpenAPI 3.1 document of the routes, in the dialect `http`. */
export function openApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes)
    (paths[route.path.replace(/:(\w+)/g, '{$1}')] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'bpmn-guard',
      version: '1',
      description:
        'The routes that bpmn-client calls, and tasks, decisions and health. Refusals are told as' +
        ' problem details with their real status; a router in the dialect bpmn-client answers' +
        ' those of bpmn-client with status 200 and the members errors, error, code and status.' +
        ' GET also takes its inputs as a JSON body.',
    },
    servers: [{ url: '.' }],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}
