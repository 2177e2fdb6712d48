import { BadInput } from '../core/errors.js';
import type { HttpRequest } from './http.js';

/** Bytes of a body, at most, where nothing else is said. */
export const BODY_LIMIT = 1_048_576;
/** Milliseconds in which a body must have arrived. */
const BODY_TIME = 30_000;
/** So many times the limit is read and thrown away, so that the caller is there to read the refusal. */
const PATIENCE = 8;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;
const bad = (message: string): BadInput => new BadInput('bad-request', message);

/** True when the request announces a body. */
export function hasBody(req: HttpRequest): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** The media type of the body, in lower case and without parameters. */
export function mediaType(req: HttpRequest): string {
  return (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

export function isJson(req: HttpRequest): boolean {
  return JSON_TYPE.test(mediaType(req));
}

/**
 * The bytes of a body that nobody has read yet.
 * @param limit bytes at most
 * @throws BadInput `too-large`; `bad-request` when it is compressed, was read already, breaks off, or takes
 * longer than 30 s
 */
export function readBytes(req: HttpRequest, limit: number): Promise<Buffer> {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== 'identity')
    return Promise.reject(bad('Compressed bodies are not read.'));
  if (req.readableEnded || req.destroyed)
    return Promise.reject(bad('The body was read by another part of the application.'));
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      req.off('data', take).off('end', end).off('close', broken).off('error', broken);
      outcome();
    };
    const fail = (error: BadInput): void =>
      settle(() => {
        chunks = [];
        // What is still to come must not become an unhandled error of the stream.
        req.on('error', () => undefined);
        reject(error);
      });
    const tooLarge = (): void => fail(new BadInput('too-large', `A body may have ${limit} bytes.`));
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (size > limit * PATIENCE) tooLarge();
      else chunks = [];
    };
    const end = (): void => (size > limit ? tooLarge() : settle(() => resolve(Buffer.concat(chunks))));
    const broken = (): void => fail(bad('The body broke off.'));
    const timer = setTimeout(
      () => fail(bad(`The body did not arrive within ${BODY_TIME / 1000} s.`)),
      BODY_TIME,
    );
    if (Number(req.headers['content-length'] ?? 0) > limit * PATIENCE) return tooLarge();
    req.on('data', take).on('end', end).on('close', broken).on('error', broken);
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw bad('The body is not JSON in UTF-8.');
  }
}

/**
 * What a parser before has left at `req.body`. Those of Express 4 leave an empty object where the body is not of
 * their type and nobody has read it: that is no body, least of all an empty query, which stands for everything.
 */
export function parsedBody(req: HttpRequest & { readonly _body?: boolean }): unknown {
  const { body } = req;
  const isEmpty =
    typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;
  return isEmpty && hasBody(req) && req._body !== true && !req.readableEnded ? undefined : body;
}

/**
 * The JSON body of a request, of any method: what a parser before has left at `req.body`, else what is read here and
 * left there, so that a parser behind finds it done. Undefined when there is none.
 * @throws BadInput `bad-request` when it is not JSON; `too-large`
 */
export async function jsonBody(req: HttpRequest, limit = BODY_LIMIT): Promise<unknown> {
  if (!hasBody(req)) return undefined;
  if (!isJson(req)) throw bad('A body must be JSON, with the content type application/json.');
  const parsed = parsedBody(req);
  if (parsed !== undefined) return parsed;
  const bytes = await readBytes(req, limit);
  const body = bytes.length === 0 ? undefined : parse(bytes);
  // `_body` tells the parsers of Express 4 that the body was read; those of Express 5 look at the stream.
  Object.assign(req, { body, _body: true });
  return body;
}
