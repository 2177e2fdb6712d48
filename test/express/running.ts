import { request, type OutgoingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express5 from 'express';

export type Express = typeof express5;
export type App = ReturnType<Express>;

/** Both versions that the middleware must work on. */
export const EXPRESSES: readonly (readonly [string, Express])[] = [
  ['Express 5', express5],
  ['Express 4', require('express4') as Express],
];

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: any;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
}

/** Tells errors as they are, for the tests alone. */
export function tellErrors(app: App): App {
  app.use((error: any, _req: unknown, res: any, _next: unknown) => {
    res.status(error.status ?? 500).json({ code: error.code, message: error.message, name: error.name });
  });
  return app;
}

/** An application that listens. */
export class Running {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(app: App): Promise<Running> {
    const server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
    return new Running(server, (server.address() as AddressInfo).port);
  }

  send(path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const length =
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          headers: { ...length, ...headers },
          agent: false,
          timeout: 60_000,
        },
        (response) => {
          let received = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (received += chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: received,
              body: received.startsWith('{') || received.startsWith('[') ? JSON.parse(received) : undefined,
            }),
          );
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer')));
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /** Sends a request and hangs up before there is an answer. */
  async hangUp(path: string, headers: OutgoingHttpHeaders, after: Promise<void>): Promise<void> {
    const sent = request({ host: '127.0.0.1', port: this.port, path, headers, agent: false });
    sent.on('error', () => undefined);
    sent.end();
    await after;
    sent.destroy();
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }
}
