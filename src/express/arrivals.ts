import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { REQUESTS } from '../engine/execution/serving.js';
import type { Identity } from '../engine/contract/types.js';
import type { ErrorMiddleware, HttpRequest, HttpResponse } from './http.js';
import { answerOnce } from './unanswered.js';

interface Arrival {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/**
 * Answers refusals that nothing catches in routes that are mounted before `authenticate`, or in an application without
 * it. Otherwise the client would wait for ever.
 * @param handler answers where no application of Express does
 * @returns a function that ends this
 */
export function answerArrivals(identity: Identity, handler: ErrorMiddleware): () => void {
  const onRequest = (message: unknown): void => {
    const { request, response } = message as Arrival;
    const next = (error: unknown): void => handler(error, request, response, () => response.destroy());
    identity.arrived(answerOnce(request, response, next));
  };
  subscribe(REQUESTS, onRequest);
  return () => unsubscribe(REQUESTS, onRequest);
}
