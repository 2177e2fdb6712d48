import { BadInput } from '../core/errors.js';
import type { HttpRequest } from './http.js';

/** Default maximum size of a body, in bytes. */
export const BODY_LIMIT = 1_048_576;
/** Time limit for the arrival of a body, in milliseconds. */
const BODY_TIME = 30_000;
/** Up to this multiple of the limit is read and discarded, so that the caller still reads the refusal. */
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
 * Reads the bytes of a body that has not been read yet.
 * @param limit maximum size in bytes
 * @throws BadInput `too-large`; `bad-request` if it is compressed, was already read, is cut off, or takes longer
 * than 30 s
 */
export function readBytes(req: HttpRequest, limit: number): Promise<Buffer> {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== 'identity')
    return Promise.reject(bad('Compressed bodies are not supported.'));
  if (req.readableEnded || req.destroyed)
    return Promise.reject(bad('Another part of the application has already read the body.'));
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
        // The rest of the body must not become an unhandled error of the stream.
        req.on('error', () => undefined);
        reject(error);
      });
    const tooLarge = (): void => fail(new BadInput('too-large', `A body may have at most ${limit} bytes.`));
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (size > limit * PATIENCE) tooLarge();
      else chunks = [];
    };
    const end = (): void => (size > limit ? tooLarge() : settle(() => resolve(Buffer.concat(chunks))));
    const broken = (): void => fail(bad('The body was cut off.'));
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
 * The body that an earlier parser left at `req.body`. Parsers of Express 4 leave an empty object if they did not
 * read the body. That is not a body, and must not be read as an empty query, which matches everything.
 */
export function parsedBody(req: HttpRequest & { readonly _body?: boolean }): unknown {
  const { body } = req;
  const isEmpty =
    typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;
  return isEmpty && hasBody(req) && req._body !== true && !req.readableEnded ? undefined : body;
}

/**
 * The JSON body of a request of any method: the one an earlier parser left at `req.body`, otherwise read here and
 * left there for later parsers. Undefined if there is none.
 * @throws BadInput `bad-request` if it is not JSON; `too-large`
 */
export async function jsonBody(req: HttpRequest, limit = BODY_LIMIT): Promise<unknown> {
  if (!hasBody(req)) return undefined;
  if (!isJson(req)) throw bad('A body must be JSON, with the content type application/json.');
  const parsed = parsedBody(req);
  if (parsed !== undefined) return parsed;
  const bytes = await readBytes(req, limit);
  const body = bytes.length === 0 ? undefined : parse(bytes);
  // `_body` tells the parsers of Express 4 that the body was read; those of Express 5 check the stream.
  Object.assign(req, { body, _body: true });
  return body;
}
