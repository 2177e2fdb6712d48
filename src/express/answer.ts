import type { HttpRequest, HttpResponse } from './http.js';
import type { Outgoing } from './outgoing.js';

/** Answers are private, not cached, and never pages. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
} as const;

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a text with its length; to HEAD, only the headers. */
export function sendText(
  req: HttpRequest,
  res: HttpResponse,
  status: number,
  text: string,
  type: string,
  headers: Readonly<Record<string, string>> = {},
  outgoing?: Outgoing,
): void {
  const bytes = Buffer.from(text, 'utf8');
  outgoing?.add(res, req.method === 'HEAD' ? 0 : bytes.length);
  res.statusCode = status;
  for (const [name, value] of Object.entries({ ...HEADERS, ...headers })) res.setHeader(name, value);
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', bytes.length);
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

/** Sends a value as JSON. Values that JSON cannot hold are omitted; undefined becomes an empty object. */
export function sendJson(
  req: HttpRequest,
  res: HttpResponse,
  status: number,
  value: unknown,
  type: string = JSON_TYPE,
  outgoing?: Outgoing,
): void {
  sendText(req, res, status, JSON.stringify(value ?? {}), type, {}, outgoing);
}
